import { describe, expect, it } from 'vitest'
import { activity, at, boardOf, built, placed, technician } from './small-board.ts'

describe('whose days a repair looks at', () => {
  const skilled = (id: string) => technician(id, { skills: [{ skill: 'pumps', level: 2 }] })
  const board = boardOf(
    [
      activity('new', { requiredSkills: [{ skill: 'pumps', level: 1 }] }),
      activity('far', placed('Cleo', at(14), at(15))),
      activity('one', placed('Dev', at(14), at(15))),
      activity('two', placed('Dev', at(14, 30), at(15, 30))),
    ],
    { technicians: [skilled('Ann'), technician('Cleo'), technician('Dev')] },
  )

  it('those who could do the loose work and those whose own day is broken, nobody else', () => {
    const { problem } = built(board, { kind: 'repair' })
    expect(problem.technicians.filter((t) => t.shifts.length > 0).map((t) => t.id)).toEqual(['Ann', 'Dev'])
    expect(problem.activities.map((a) => a.id).sort()).toEqual(['new', 'one', 'two'])
  })

  it('the nearest of many, and everybody when that was not enough', () => {
    const many = Array.from({ length: 60 }, (_, i) =>
      technician(`T${String(i).padStart(2, '0')}`, { home: { lat: 48 + i / 100, lon: 2 } }),
    )
    const crowd = boardOf([activity('new', { place: { lat: 48, lon: 2 } })], { technicians: many })
    const near = built(crowd, { kind: 'repair' })
    const working = near.problem.technicians.filter((t) => t.shifts.length > 0).map((t) => t.id)
    expect(near.isNarrow).toBe(true)
    expect(working).toHaveLength(40)
    expect(working).toContain('T00')
    expect(working).not.toContain('T59')
    expect(built(crowd, { kind: 'repair', wide: true }).isNarrow).toBe(false)
    expect(built(crowd).isNarrow).toBe(false)
  })

  it('names those without the skill to whoever asks for candidates', () => {
    const { problem } = built(board, { openMax: 0, asked: 'new' })
    expect(problem.technicians.map((t) => t.id)).toEqual(['Ann', 'Cleo', 'Dev'])
  })
})
