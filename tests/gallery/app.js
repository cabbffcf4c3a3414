// An image gallery that keeps sessions and cached data in one DynamoDB table:
// Express, express-session with connect-dynamodb as its store, and cache
// entries beside the sessions.
//
//   CACHETABLE       the table (TSAGalleryCache), which must exist
//   LAYOUT           gallery: key `key`, TTL attribute `ttl`, `session:` (the
//                    default); connect: connect-dynamodb's own `id`,
//                    `expires`, `sess:`
//   SESSION_SECONDS  how long a session lasts (3600)
//   CACHE_SECONDS    how long cached data lasts (300)
//   TRUST_TTL=1      (LAYOUT=gallery) accept any session in the table, expired
//                    or not
//   SESSION_SECRET, PORT (0: any; printed when ready), and what the AWS SDK
//   reads: AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB, credentials
'use strict'

const { DynamoDBClient, GetItemCommand, PutItemCommand } = require('@aws-sdk/client-dynamodb')
const connectDynamodb = require('connect-dynamodb')
const express = require('express')
const session = require('express-session')

const table = process.env.CACHETABLE || 'TSAGalleryCache'
const layout = {
  connect: { key: 'id', ttl: 'expires', prefix: 'sess:' },
  gallery: { key: 'key', ttl: 'ttl', prefix: 'session:' }
}[process.env.LAYOUT || 'gallery']
const sessionSeconds = Number(process.env.SESSION_SECONDS || 3600)
const cacheSeconds = Number(process.env.CACHE_SECONDS || 300)
const client = new DynamoDBClient({})

// connect-dynamodb has options for table, key and prefix, but always calls the
// TTL attribute `expires`: this client renames it.
const renaming = {
  async send (command) {
    const input = command.input
    if (input.Item && input.Item.expires) {
      input.Item[layout.ttl] = input.Item.expires
      if (layout.ttl !== 'expires') delete input.Item.expires
    }
    if (input.UpdateExpression) {
      input.UpdateExpression = input.UpdateExpression.replace('expires', '#ttl')
      input.ExpressionAttributeNames = { '#ttl': layout.ttl }
    }
    const output = await client.send(command)
    for (const item of [output.Attributes, output.Item]) {
      if (item && !(process.env.TRUST_TTL && item === output.Item)) item.expires = item[layout.ttl]
    }
    return output
  }
}

const images = Array.from({ length: 24 }, (_, i) => ({
  id: i + 1, title: `Image ${i + 1}`, category: ['city', 'forest', 'sea'][i % 3], file: `/img/${i + 1}.jpg`
}))

// The result of ${make}, from the table while it has not expired.
async function cached (key, make) {
  const id = { [layout.key]: { S: key } }
  const now = Math.floor(Date.now() / 1000)
  const { Item: item } = await client.send(new GetItemCommand({ TableName: table, Key: id }))
  if (item && Number(item[layout.ttl].N) > now) return JSON.parse(item.value.S)
  const value = make()
  await client.send(new PutItemCommand({
    TableName: table,
    Item: { ...id, [layout.ttl]: { N: String(now + cacheSeconds) }, value: { S: JSON.stringify(value) } }
  }))
  return value
}

const app = express()
const DynamoDBStore = connectDynamodb(session)

app.use(express.json())
app.use(express.urlencoded({ extended: false }))
app.use(session({
  store: new DynamoDBStore({ client: renaming, table, hashKey: layout.key, prefix: layout.prefix }),
  secret: process.env.SESSION_SECRET || 'keyboard cat',
  cookie: { maxAge: sessionSeconds * 1000 },
  resave: false,
  rolling: true,
  saveUninitialized: false
}))

app.post('/login', async (req, res) => {
  const user = String(req.body.user || 'guest')
  req.session.user = user
  res.json(await cached(`user:${user}`, () => ({ user, since: new Date().toISOString() })))
})

app.post('/logout', (req, res, next) => {
  req.session.destroy(err => err ? next(err) : res.status(204).end())
})

app.get('/me', (req, res) => {
  if (!req.session.user) return res.status(401).json({ error: 'not logged in' })
  res.json({ user: req.session.user })
})

app.get('/users', async (req, res) => {
  res.json(await cached('users', () => ['guest']))
})

app.get('/images', async (req, res) => {
  res.json(await cached('images', () => images))
})

app.get('/images/:id', async (req, res) => {
  const image = images.find(i => i.id === Number(req.params.id))
  if (!image) return res.status(404).json({ error: 'no such image' })
  res.json(await cached(`image:${image.id}`, () => image))
})

app.get('/categories', async (req, res) => {
  res.json(await cached('categories', () => [...new Set(images.map(i => i.category))]))
})

app.get('/categories/:name', async (req, res) => {
  const name = req.params.name
  res.json({
    category: await cached(`category:${name}`, () => ({ name })),
    images: await cached(`categoryImages:${name}`, () => images.filter(i => i.category === name))
  })
})

app.get('/search', async (req, res) => {
  const q = String(req.query.q || '')
  res.json(await cached(`search:${q}`, () => images.filter(i => i.title.includes(q))))
})

const server = app.listen(Number(process.env.PORT || 0), '127.0.0.1', () => {
  console.log(server.address().port)
})
