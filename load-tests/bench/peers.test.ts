import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drawn } from '../../workers/optimiser/testing/drawn-board.ts'
import { readVroom } from '../../workers/optimiser/vroom/read.ts'
import { askPeer, childrenSeconds, type Peer, PeerError, peerFrom } from './peers.ts'
import { vroomInput } from './vroom-json.ts'

const board = drawn(`
  Ann | 08:00-17:00 | home 0 | has gas:2
  Bo  | 08:00-17:00 | home 30 | has wood:1
  A1  | 60m | at 20 | from 09:00 to 10:00 | needs gas:1
  A2  | 30m | at 10 | needs wood:1
  A3  | 30m | at 5
`)

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-peer-test-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A peer that is a few lines of JavaScript with `problem`, `out` (its answer) and `args` at hand. */
const peer = (body: string, more = ''): Peer => {
  const file = join(folder, 'peer.mjs')
  writeFileSync(
    file,
    `import { readFileSync, writeFileSync } from 'node:fs'
     const [source, target, ...args] = process.argv.slice(2)
     const problem = JSON.parse(readFileSync(source, 'utf8'))
     const answer = (value) => writeFileSync(target, JSON.stringify(value))
     ${body}`,
  )
  return peerFrom(`scripted='${process.execPath}' '${file}' {in} {out} ${more}`)
}

const asked = { seconds: 2, seed: 7 }

describe('a peer of the bench', () => {
  it('reads the instance, answers in VROOM’s words, and is heard in ours', async () => {
    const scripted = peer(`answer({ routes: [{ vehicle: problem.vehicles[1].id, steps: [
      { type: 'start' }, ...problem.jobs.slice(1).map(({ id }) => ({ type: 'job', id })), { type: 'end' }] }],
      summary: { computing_times: { solving: 250 } } })`)
    const { routes, solveSeconds, cpuSeconds, wallSeconds } = await askPeer(scripted, board, asked)
    expect(routes).toEqual([{ technicianId: 'Bo', activityIds: ['A2', 'A3'] }])
    expect(solveSeconds).toBe(0.25)
    expect(cpuSeconds).toBeGreaterThan(0)
    expect(wallSeconds).toBeGreaterThan(0)
  })

  it('is told the budget and the seed', async () => {
    const scripted = peer(
      `answer({ routes: [], summary: { computing_times: { solving: 1000 * Number(args[0]) + Number(args[1]) } } })`,
      '{seconds} {seed}',
    )
    expect((await askPeer(scripted, board, asked)).solveSeconds).toBe(2.007)
  })

  it('has its CPU time counted by the system, whatever it says', async () => {
    const busy = peer(`const until = process.cpuUsage().user + 300_000
      while (process.cpuUsage().user < until) JSON.stringify(problem)
      answer({ routes: [] })`)
    expect((await askPeer(busy, board, asked)).cpuSeconds).toBeGreaterThanOrEqual(0.3)
  })

  it.each([
    ['fails', 'console.error("no licence"); process.exit(3)', /ended with 3: no licence/],
    ['says nothing', '', /wrote no answer/],
    ['writes no JSON', 'writeFileSync(target, "?")', /cannot be read/],
    [
      'names work that is not there',
      'answer({ routes: [{ vehicle: 1, steps: [{ type: "job", id: 9 }] }] })',
      /no job 9/,
    ],
    ['names nobody', 'answer({ routes: [{ vehicle: 5, steps: [] }] })', /no vehicle 5/],
  ])('that %s is told of by name', async (_, body, message) => {
    const failing = askPeer(peer(body), board, asked)
    await expect(failing).rejects.toThrow(PeerError)
    await expect(failing).rejects.toThrow(message)
  })

  it.each([
    ['solver {in} {out}', /name=command/],
    ['=solver {in} {out}', /name=command/],
    ['a=solver {in}', /must name \{out\}/],
  ])('is refused on the command line as %s', (text, message) => {
    expect(() => peerFrom(text)).toThrow(message)
  })

  it('is timed by what the shell says of its children, minutes and all', () => {
    expect(childrenSeconds('0m0.00s 0m0.01s\n1m2.50s 0m0.25s\n')).toBeCloseTo(62.75, 9)
    expect(childrenSeconds('0m0,00s 0m0,01s\n0m1,50s 0m0,25s\n')).toBeCloseTo(1.75, 9)
  })
})

describe('a problem in VROOM’s words', () => {
  it('reads back as the same question', () => {
    const { problem } = readVroom(vroomInput(board))
    expect(problem.activities.map(({ duration, windows }) => ({ duration, windows }))).toEqual(
      board.activities.map(({ duration, windows }) => ({ duration, windows })),
    )
    expect([...(problem.travel[0]?.seconds ?? [])]).toEqual([...(board.travel[0]?.seconds ?? [])])
  })

  it('keeps who may do what, though VROOM has no levels', () => {
    const { problem } = readVroom(vroomInput(board))
    const able = problem.activities.map((activity) =>
      problem.technicians
        .filter(({ skills }) =>
          activity.skills.every((need) => skills.some((own) => own.skill === need.skill)),
        )
        .map(({ id }) => id),
    )
    expect(able).toEqual([['1'], ['2'], ['1', '2']])
  })

  it('is refused where VROOM has no word for it', () => {
    const targeted = drawn(`
      Ann | 08:00-17:00 | home 0
      A1  | 60m | at 20 | due 10:00
    `)
    expect(() => vroomInput(targeted)).toThrow(/cannot be asked about targets/)
  })
})
