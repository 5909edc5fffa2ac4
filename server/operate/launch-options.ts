/**
 * What may be written after `npm start --` and `npm run demo --`.
 */
import { isAbsolute, resolve } from 'node:path'

export type LaunchOptions = {
  /** The first server's port, the others follow; 0 gives each any free one. */
  readonly port: number
  readonly servers: number
  readonly workers: number
  readonly data: string
  readonly fresh: boolean
  readonly demo: 'storm' | 'none'
  readonly json: boolean
  /** Arguments for the replay of a file; null when this is an ordinary start. */
  readonly replay: readonly string[] | null
  /** Run on after the replay's report. */
  readonly stay: boolean
}

export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}

export const usage = `npm start -- [--port N] [--servers N] [--workers N] [--data DIR] [--fresh] [--demo storm|none] [--json]
npm run demo -- --data FILE [--rules FILE] [--speed N] [--port N] [--servers N] [--workers N] [--state DIR] [--json] [--stay]`

export function parseLaunchOptions(argv: readonly string[], dataHome: string, cwd: string): LaunchOptions {
  const isReplay = argv.includes('--replay')
  const left = argv.filter((word) => word !== '--replay')
  const forReplay: string[] = []
  let port = 8080
  let servers = 1
  let workers = 1
  let data = isReplay ? `${dataHome}/replay` : dataHome
  let fresh = isReplay
  let demo: 'storm' | 'none' = isReplay ? 'none' : 'storm'
  let json = false
  let stay = false

  while (left.length > 0) {
    const { name, value, words } = takeOption(left)
    switch (name) {
      case '--port':
        port = wholeNumber(name, value(), { from: 0, to: 65_535 })
        break
      case '--servers':
        servers = wholeNumber(name, value(), { from: 1, to: 32 })
        break
      case '--workers':
        workers = wholeNumber(name, value(), { from: 0, to: 32 })
        break
      case '--data':
        if (isReplay) forReplay.push('--data', absolute(cwd, value()))
        else data = absolute(cwd, value())
        break
      case '--state':
        data = absolute(cwd, value())
        break
      case '--fresh':
        fresh = true
        break
      case '--demo':
        demo = oneOfDemos(value())
        break
      case '--json':
        json = true
        break
      case '--stay':
        stay = true
        break
      default:
        if (!isReplay) throw new UsageError(`There is no option ${name}.\n${usage}`)
        forReplay.push(name, ...words())
    }
  }
  if (isReplay && !forReplay.includes('--data'))
    throw new UsageError(`--data FILE says what to replay.\n${usage}`)
  return { port, servers, workers, data, fresh, demo, json, replay: isReplay ? forReplay : null, stay }
}

type Option = {
  readonly name: string
  readonly value: () => string
  /** The value of an option that this parser does not know: every word up to the next option. */
  readonly words: () => string[]
}

/** Takes the next option, `--name value` and `--name=value` alike. */
function takeOption(left: string[]): Option {
  const word = left.shift() ?? ''
  const equals = word.indexOf('=')
  if (word.startsWith('--') && equals > 0) {
    const value = word.slice(equals + 1)
    return { name: word.slice(0, equals), value: () => value, words: () => [value] }
  }
  return {
    name: word,
    value: () => {
      const next = left.shift()
      if (next === undefined) throw new UsageError(`${word} needs a value.\n${usage}`)
      return next
    },
    words: () => {
      const end = left.findIndex((next) => next.startsWith('--'))
      return left.splice(0, end === -1 ? left.length : end)
    },
  }
}

function wholeNumber(name: string, text: string, range: { from: number; to: number }): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(number >= range.from && number <= range.to)) {
    throw new UsageError(`${name} wants a whole number from ${range.from} to ${range.to}.`)
  }
  return number
}

function oneOfDemos(text: string): 'storm' | 'none' {
  if (text === 'storm' || text === 'none') return text
  throw new UsageError('--demo wants storm or none.')
}

function absolute(cwd: string, path: string): string {
  return isAbsolute(path) ? path : resolve(cwd, path)
}
