import { describe, expect, it } from 'vitest'
import { csvRecords } from './csv.ts'

const all = (text: string, from?: number) => [...csvRecords(text, from)]

describe('reading CSV', () => {
  it('splits plain and quoted fields, with doubled quotes and commas inside', () => {
    expect(all('a,b\n"x, ""y""",z\n')).toEqual([
      { line: 1, fields: ['a', 'b'] },
      { line: 2, fields: ['x, "y"', 'z'] },
    ])
  })

  it('counts lines by where a record begins, also after a field with line breaks', () => {
    expect(all('h\n"one\ntwo"\nlast')).toEqual([
      { line: 1, fields: ['h'] },
      { line: 2, fields: ['one\ntwo'] },
      { line: 4, fields: ['last'] },
    ])
  })

  it('skips a byte order mark and blank lines, and reads CRLF', () => {
    expect(all('\ufeffh,i\r\n\r\n1,\r\n')).toEqual([
      { line: 1, fields: ['h', 'i'] },
      { line: 3, fields: ['1', ''] },
    ])
  })

  it('names a damaged line and goes on with the next', () => {
    expect(all('h\n"open\nfine\n"a"b,c\nalso fine')).toEqual([
      { line: 1, fields: ['h'] },
      // The quote closes on line 4, before a letter: the damage is found there, and line 2 alone is lost.
      { line: 2, error: 'text follows a closing quote' },
      { line: 3, fields: ['fine'] },
      { line: 4, error: 'text follows a closing quote' },
      { line: 5, fields: ['also fine'] },
    ])
  })

  it('gives up on a quote that never closes within its bound', () => {
    const records = all(`h\n"${'x\n'.repeat(40_000)}`)
    expect(records[1]).toEqual({ line: 2, error: 'a quoted field is not closed' })
    expect(records).toHaveLength(40_001)
  })

  it('takes up again at a given line', () => {
    expect(all('h\n"a\nb"\nc\nd', 4)).toEqual([
      { line: 4, fields: ['c'] },
      { line: 5, fields: ['d'] },
    ])
  })
})
