// A script as a team would write it with the Node SDK: a parallel scan, a count
// by TTL, a purge by BatchWriteItem (renewed entries included), a restore.
//
//   peer.js count|count-keys|purge TABLE JOBS
//   peer.js restore TABLE JOBS FILE     {"Item":{…}} lines
'use strict'

const fs = require('fs')
const readline = require('readline')
const { DynamoDBClient, BatchWriteItemCommand, ScanCommand } = require('@aws-sdk/client-dynamodb')

const [what, table, jobsText, file] = process.argv.slice(2)
const jobs = Number(jobsText)
const now = Math.floor(Date.now() / 1000)
const sockets = { maxSockets: jobs, keepAlive: true }
const client = new DynamoDBClient({ maxAttempts: 10, requestHandler: { httpAgent: sockets, httpsAgent: sockets } })

const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

// Until all 25 are written.
async function write (requests) {
  let left = { [table]: requests }
  for (let wait = 50; Object.keys(left).length > 0; wait = Math.min(wait * 2, 5000)) {
    const { UnprocessedItems: again = {} } = await client.send(new BatchWriteItemCommand({ RequestItems: left }))
    left = again
    if (Object.keys(left).length > 0) await sleep(wait * Math.random())
  }
}

const chunks = list => Array.from({ length: Math.ceil(list.length / 25) }, (_, i) => list.slice(i * 25, i * 25 + 25))

async function scan (segment, options, take) {
  let start
  do {
    const page = await client.send(new ScanCommand({
      TableName: table, Segment: segment, TotalSegments: jobs, ExclusiveStartKey: start, ...options
    }))
    await take(page.Items)
    start = page.LastEvaluatedKey
  } while (start)
}

async function everySegment (options, take) {
  await Promise.all(Array.from({ length: jobs }, (_, i) => scan(i, options, take)))
}

async function count (options) {
  const states = { live: 0, expired: 0, none: 0 }
  await everySegment(options, items => {
    for (const item of items) {
      if (item.ttl === undefined) states.none++
      else if (Number(item.ttl.N) < now) states.expired++
      else states.live++
    }
  })
  console.log(JSON.stringify(states))
}

async function purge () {
  let deleted = 0
  await everySegment({
    ProjectionExpression: '#k',
    FilterExpression: '#t < :now',
    ExpressionAttributeNames: { '#k': 'key', '#t': 'ttl' },
    ExpressionAttributeValues: { ':now': { N: String(now) } }
  }, async items => {
    await Promise.all(chunks(items).map(list => write(list.map(Key => ({ DeleteRequest: { Key } })))))
    deleted += items.length
  })
  console.log(deleted)
}

async function restore () {
  const lines = readline.createInterface({ input: fs.createReadStream(file) })
  const underWay = new Set()
  let batch = []
  const send = async () => {
    while (underWay.size >= jobs) await Promise.race(underWay)
    const one = write(batch).finally(() => underWay.delete(one))
    underWay.add(one)
    batch = []
  }
  for await (const line of lines) {
    batch.push({ PutRequest: { Item: JSON.parse(line).Item } })
    if (batch.length === 25) await send()
  }
  if (batch.length > 0) await send()
  await Promise.all(underWay)
}

const names = { '#k': 'key', '#t': 'ttl' }
const run = {
  count: () => count({}),
  'count-keys': () => count({ ProjectionExpression: '#k, #t', ExpressionAttributeNames: names }),
  purge,
  restore
}[what]
run().catch(error => {
  console.error(error)
  process.exit(1)
})
