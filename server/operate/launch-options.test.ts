import { describe, expect, it } from 'vitest'
import { parseLaunchOptions, UsageError } from './launch-options.ts'

const parse = (...argv: string[]) => parseLaunchOptions(argv, '/home/callboard/.callboard', '/here')

describe('the options of a start', () => {
  it('starts the storm with one server and one worker when nothing is said', () => {
    expect(parse()).toEqual({
      port: 8080,
      servers: 1,
      workers: 1,
      data: '/home/callboard/.callboard',
      fresh: false,
      demo: 'storm',
      json: false,
      replay: null,
      stay: false,
    })
  })

  it('takes every option, with a space or an equals sign', () => {
    expect(
      parse(
        '--port',
        '0',
        '--servers=2',
        '--workers',
        '3',
        '--data',
        'd',
        '--fresh',
        '--demo=none',
        '--json',
      ),
    ).toMatchObject({
      port: 0,
      servers: 2,
      workers: 3,
      data: '/here/d',
      fresh: true,
      demo: 'none',
      json: true,
    })
  })

  it.each([
    [['--port', '70000'], /--port wants a whole number/],
    [['--port', 'x'], /--port wants a whole number/],
    [['--servers', '0'], /--servers wants/],
    [['--demo', 'rain'], /storm or none/],
    [['--data'], /--data needs a value/],
    [['--prot', '1'], /There is no option --prot/],
    [['--replay'], /--data FILE says what to replay/],
  ])('refuses %s and says what it wanted', (argv, message) => {
    expect(() => parse(...argv)).toThrow(UsageError)
    expect(() => parse(...argv)).toThrow(message)
  })

  it('replays a file on an empty system of its own and hands on what it does not know', () => {
    expect(
      parse('--replay', '--data', 'a.csv', '--speed', '60', '--rules=r.csv', '--port', '0'),
    ).toMatchObject({
      data: '/home/callboard/.callboard/replay',
      fresh: true,
      demo: 'none',
      port: 0,
      replay: ['--data', '/here/a.csv', '--speed', '60', '--rules', 'r.csv'],
    })
  })
})
