/**
 * Reads CSV (RFC 4180) record by record, with the line each begins on.
 *
 * A damaged record never swallows the file: a quote that does not close within a bound, or text after a closing
 * quote, makes that one line an error, and reading goes on at the next line. Quoted fields may hold line breaks.
 */

export type CsvRecord = { readonly line: number; readonly fields: readonly string[] }
export type CsvError = { readonly line: number; readonly error: string }

const RECORD_CHARS_MAX = 65_536

/** Records from a line on; lines before it are only counted. Blank lines are no records. */
export function* csvRecords(text: string, fromLine = 1): Generator<CsvRecord | CsvError> {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  let line = 1
  while (at < text.length) {
    const next = recordAt(text, at)
    const isBlank = next.fields.length === 1 && next.fields[0] === '' && next.error === null
    if (!isBlank && line >= fromLine) {
      yield next.error === null ? { line, fields: next.fields } : { line, error: next.error }
    }
    line += next.lines
    at = next.end
  }
}

type Read = { fields: string[]; end: number; lines: number; error: string | null }

function recordAt(text: string, start: number): Read {
  const fields: string[] = []
  let at = start
  let lines = 1
  for (;;) {
    if (text[at] === '"') {
      const quoted = quotedAt(text, at, start)
      if (typeof quoted === 'string') return damaged(text, start, quoted)
      fields.push(quoted.value)
      lines += quoted.breaks
      at = quoted.end
    } else {
      const end = plainEnd(text, at)
      fields.push(text.slice(at, end))
      at = end
    }
    const char = text[at]
    if (char === ',') {
      at++
      continue
    }
    return { fields, end: afterBreak(text, at), lines, error: null }
  }
}

/** The value between quotes, or what is wrong with it. */
function quotedAt(
  text: string,
  open: number,
  start: number,
): { value: string; end: number; breaks: number } | string {
  let value = ''
  let breaks = 0
  let from = open + 1
  for (;;) {
    const close = text.indexOf('"', from)
    if (close < 0 || close - start > RECORD_CHARS_MAX) return 'a quoted field is not closed'
    const piece = text.slice(from, close)
    value += piece
    breaks += piece.split('\n').length - 1
    if (text[close + 1] === '"') {
      value += '"'
      from = close + 2
      continue
    }
    const after = text[close + 1]
    if (after === undefined || after === ',' || after === '\n' || after === '\r') {
      return { value, end: close + 1, breaks }
    }
    return 'text follows a closing quote'
  }
}

function plainEnd(text: string, from: number): number {
  let at = from
  while (at < text.length) {
    const char = text.charCodeAt(at)
    if (char === 44 || char === 10 || char === 13) break
    at++
  }
  return at
}

const afterBreak = (text: string, at: number): number =>
  text[at] === '\r' && text[at + 1] === '\n' ? at + 2 : Math.min(at + 1, text.length)

function damaged(text: string, start: number, error: string): Read {
  const newline = text.indexOf('\n', start)
  return { fields: [], end: newline < 0 ? text.length : newline + 1, lines: 1, error }
}
