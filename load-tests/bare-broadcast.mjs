// The yardstick of bench-live.ts: sends so many bytes to every socket, every so many milliseconds. Nothing else.
import { WebSocketServer } from 'ws'

const bytes = Number(process.argv[2])
const everyMs = Number(process.argv[3])
const text = 'x'.repeat(bytes)
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false }, () => {
  process.stdout.write(`${server.address().port}\n`)
})
setInterval(() => {
  for (const client of server.clients) client.send(text)
}, everyMs)
