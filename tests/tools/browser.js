// Renders a page in Chromium, without a window.
//
//   node browser.js CHROMIUM PAGE.html DIRECTORY
//
// For each theme and width it takes a picture, DIRECTORY/THEME-WIDTH.png, and
// runs axe-core; DIRECTORY/print.png is the dark theme as printed. Prints one
// JSON object: console messages, network requests, what axe found, views that
// are too wide, and for each picture its number of colours, the most common
// one, and its share.
//
// Talks to the browser through two pipes (descriptors 3 and 4), a JSON object
// and a NUL a message: nothing listens on a port.
'use strict'

const { spawn } = require('child_process')
const fs = require('fs')
const path = require('path')
const zlib = require('zlib')

const [chromium, page, directory] = process.argv.slice(2)
const views = [['light', 360], ['light', 1280], ['dark', 360], ['dark', 1280]]
const result = { console: [], requests: [], axe: [], pictures: {}, overflow: [] }

const browser = spawn(chromium, [
  '--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--hide-scrollbars', '--remote-debugging-pipe',
  '--disable-dev-shm-usage', `--user-data-dir=${fs.mkdtempSync(path.join(directory, 'profile-'))}`, 'about:blank'
], { env: { ...process.env, TMPDIR: directory }, stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] })

const waiting = new Map()
const listeners = []
let last = 0
let text = Buffer.alloc(0)

browser.stdio[4].on('data', data => {
  text = Buffer.concat([text, data])
  for (let end; (end = text.indexOf(0)) >= 0; text = text.subarray(end + 1)) {
    const message = JSON.parse(text.subarray(0, end).toString())
    if (message.id) {
      const { resolve, reject } = waiting.get(message.id)
      message.error ? reject(new Error(message.error.message)) : resolve(message.result)
    } else {
      for (const listener of listeners) listener(message)
    }
  }
})

function call (method, params = {}, sessionId) {
  const id = ++last
  browser.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + '\0')
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }))
}

function event (method) {
  return new Promise(resolve => listeners.push(message => {
    if (message.method === method) resolve(message.params)
  }))
}

// The number of colours in a picture, and the share of the most common one.
// Reads only what Chromium writes: 8 bits, RGB or RGBA, not interlaced.
function colours (png) {
  const width = png.readUInt32BE(16)
  const height = png.readUInt32BE(20)
  const bytes = { 2: 3, 6: 4 }[png[25]]
  const parts = []
  for (let at = 8; at < png.length;) {
    const n = png.readUInt32BE(at)
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + n))
    at += n + 12
  }
  const rows = zlib.inflateSync(Buffer.concat(parts))
  const size = width * bytes
  const count = new Map()
  let above = Buffer.alloc(size)
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (size + 1)]
    const row = rows.subarray(y * (size + 1) + 1, (y + 1) * (size + 1))
    for (let i = 0; i < size; i++) {
      const a = i >= bytes ? row[i - bytes] : 0
      const b = above[i]
      const c = i >= bytes ? above[i - bytes] : 0
      const p = a + b - c
      const paeth = Math.abs(p - a) <= Math.abs(p - b) && Math.abs(p - a) <= Math.abs(p - c)
        ? a
        : Math.abs(p - b) <= Math.abs(p - c) ? b : c
      row[i] += [0, a, b, (a + b) >> 1, paeth][filter]
    }
    for (let i = 0; i < size; i += bytes) {
      const colour = row.readUIntBE(i, 3)
      count.set(colour, (count.get(colour) || 0) + 1)
    }
    above = row
  }
  const [[colour, most]] = [...count].sort((a, b) => b[1] - a[1])
  return { width, height, colours: count.size, commonest: '#' + colour.toString(16), share: most / width / height }
}

async function picture (session, name) {
  const { data } = await call('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true }, session)
  const png = Buffer.from(data, 'base64')
  fs.writeFileSync(path.join(directory, name + '.png'), png)
  result.pictures[name] = colours(png)
}

function media (session, theme, kind = '') {
  return call('Emulation.setEmulatedMedia', { media: kind, features: [{ name: 'prefers-color-scheme', value: theme }] }, session)
}

async function look (session, theme, width) {
  const name = `${theme}-${width}`
  await media(session, theme)
  await call('Emulation.setDeviceMetricsOverride', { width, height: 800, deviceScaleFactor: 1, mobile: width < 500 }, session)
  const loaded = event('Page.loadEventFired')
  await call('Page.navigate', { url: 'file://' + path.resolve(page) }, session)
  await loaded
  await picture(session, name)
  // after the pictures, as axe changes the page
  await call('Runtime.evaluate', { expression: fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8') }, session)
  const run = 'axe.run({ resultTypes: ["violations"] }).then(found => JSON.stringify({' +
    ' wide: document.documentElement.scrollWidth > innerWidth,' +
    ' axe: found.violations.map(v => ({ rule: v.id, help: v.help, nodes: v.nodes.map(n => n.target.join(" ") + ": " + n.failureSummary) })) }))'
  const told = await call('Runtime.evaluate', { expression: run, awaitPromise: true }, session)
  if (told.exceptionDetails) throw new Error(JSON.stringify(told.exceptionDetails))
  const found = JSON.parse(told.result.value)
  if (found.wide) result.overflow.push(name)
  for (const violation of found.axe) result.axe.push({ view: name, ...violation })
}

async function main () {
  const { targetId } = await call('Target.createTarget', { url: 'about:blank' })
  const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true })
  listeners.push(({ method, params }) => {
    if (method === 'Log.entryAdded') result.console.push(params.entry.text)
    if (method === 'Runtime.consoleAPICalled') result.console.push(params.args.map(a => a.value).join(' '))
    if (method === 'Runtime.exceptionThrown') result.console.push(params.exceptionDetails.text)
    if (method === 'Network.requestWillBeSent' && !params.request.url.startsWith('data:')) result.requests.push(params.request.url)
  })
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await call(domain + '.enable', {}, sessionId)
  for (const [theme, width] of views) await look(sessionId, theme, width)
  await media(sessionId, 'dark', 'print')
  await picture(sessionId, 'print')
  console.log(JSON.stringify(result, null, 1))
}

main().catch(error => {
  console.error(error)
  process.exitCode = 1
}).finally(() => browser.kill())
