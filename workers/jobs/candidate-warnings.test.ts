import { expect, it } from 'vitest'
import { createPlanner } from './planner.ts'
import { activity, at, boardOf, now, placed, technician } from './problem/small-board.ts'
import { createBoardTravel } from './travel/board-travel.ts'

it('a candidate who has to move later work on says that placing it alone meets that work', async () => {
  const board = boardOf([activity('wanted'), activity('later', placed('Ann', at(10, 30), at(11, 30)))], {
    technicians: [technician('Ann'), technician('Bo')],
  })
  const { candidates } = await createPlanner(createBoardTravel({ now: () => now })).candidates(
    board,
    'wanted',
    50,
  )
  const meets = (c: { technicianId: string; start: string; end: string }): boolean =>
    c.technicianId === 'Ann' && Date.parse(c.start) < at(11, 30) && at(10, 30) < Date.parse(c.end)
  expect(candidates.some(meets)).toBe(true)
  for (const c of candidates) expect(c.warnings.includes('overlap')).toBe(meets(c))
})
