// Tables as session libraries write them.
//
//   stores.js STORE TABLE ID
//
// makes TABLE as STORE needs it, without TTL, and lets it write sessions that
// expired an hour ago and that expire in an hour. Ids and other secrets are ID
// and a word: ID-old, ID-new and so on. The AWS SDKs find endpoint, region and
// credentials; the stores are in NODE_PATH.
'use strict'

const { DynamoDB } = require('@aws-sdk/client-dynamodb')

// Auth.js needs it; Node.js has it by itself from version 19 on.
globalThis.crypto ??= require('node:crypto').webcrypto

const endpoint = process.env.AWS_ENDPOINT_URL_DYNAMODB
const client = new DynamoDB({ endpoint })
const hour = 3600 * 1000

// Key attributes, all strings; a table with a sort key also gets an index.
async function createTable (name, partition, sort) {
  const keys = sort ? [partition, sort] : [partition]
  const schema = names => names.map((n, i) => ({ AttributeName: n, KeyType: i ? 'RANGE' : 'HASH' }))
  const indexed = sort ? ['GSI1PK', 'GSI1SK'] : []
  await client.createTable({
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: schema(keys),
    AttributeDefinitions: [...keys, ...indexed].map(n => ({ AttributeName: n, AttributeType: 'S' })),
    ...(sort && {
      GlobalSecondaryIndexes: [{ IndexName: 'GSI1', KeySchema: schema(indexed), Projection: { ProjectionType: 'ALL' } }]
    })
  })
}

// aws-sdk 2, which old stores use, warns on stderr that it is old.
function oldSdk () {
  process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = '1'
  return require('aws-sdk')
}

// An express-session store: an expired session, and a live one.
async function writeSessions (store, id) {
  for (const [word, left] of [['old', -hour], ['new', hour]]) {
    const cookie = { maxAge: left, originalMaxAge: left, expires: new Date(Date.now() + left), path: '/' }
    await new Promise((resolve, reject) => {
      store.set(`${id}-${word}`, { cookie, user: 'ada', csrf: `${id}-csrf` }, error => error ? reject(error) : resolve())
    })
  }
}

const stores = {
  async 'connect-dynamodb' (table, id) {
    await createTable(table, 'id')
    const Store = require('connect-dynamodb')(require('express-session'))
    await writeSessions(new Store({ table, client }), id)
  },

  async 'connect-dynamodb-2' (table, id) {
    await createTable(table, 'id')
    const Store = require('connect-dynamodb-2')(require('express-session'))
    await writeSessions(new Store({ table, client: new (oldSdk().DynamoDB)({ endpoint }) }), id)
  },

  // makes its own table, whose key is called sessionId
  async 'dynamodb-store' (table, id) {
    oldSdk()
    const Store = require('dynamodb-store')
    await new Promise((resolve, reject) => {
      const store = new Store({ table: { name: table }, dynamoConfig: { endpoint } }, error => {
        if (error) reject(error)
        else writeSessions(store, id).then(resolve, reject)
      })
    })
  },

  async 'auth-js' (table, id) {
    const { DynamoDBDocument } = require('@aws-sdk/lib-dynamodb')
    const { DynamoDBAdapter } = await import(`${process.env.NODE_PATH}/@auth/dynamodb-adapter/index.js`)
    await createTable(table, 'pk', 'sk')
    const adapter = DynamoDBAdapter(DynamoDBDocument.from(client, {
      marshallOptions: { convertEmptyValues: true, removeUndefinedValues: true, convertClassInstanceToMap: true }
    }), { tableName: table })
    const user = await adapter.createUser({ email: 'ada@example.com', name: 'Ada', emailVerified: null })
    await adapter.linkAccount({
      userId: user.id, provider: 'github', providerAccountId: '100', type: 'oauth', access_token: `${id}-access`
    })
    for (const [word, left] of [['old', -hour], ['new', hour]]) {
      const expires = new Date(Date.now() + left)
      await adapter.createSession({ userId: user.id, sessionToken: `${id}-${word}`, expires })
    }
    await adapter.createVerificationToken({
      identifier: 'ada@example.com', token: `${id}-link`, expires: new Date(Date.now() - hour)
    })
  },

  // its keys are not sessions; -1 is a block without an end
  async 'rate-limiter-flexible' (table, id) {
    await createTable(table, 'key')
    const { RateLimiterDynamo } = require('rate-limiter-flexible')
    const limiter = await new Promise((resolve, reject) => {
      const made = new RateLimiterDynamo({
        storeClient: client, tableName: table, tableCreated: true, ttlSet: true, keyPrefix: 'login', points: 5, duration: 3600
      }, error => error ? reject(error) : resolve(made))
    })
    await limiter.consume(`${id}-new`)
    await limiter.block(`${id}-ever`, 0)
  }
}

async function main () {
  const [store, table, id] = process.argv.slice(2)
  await stores[store](table, id)
  process.exit(0) // some stores keep sockets
}

main().catch(error => {
  console.error(error)
  process.exit(1)
})
