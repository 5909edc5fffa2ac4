/**
 * A whole board, compressed once for everybody who opens it at the same number.
 *
 * Keeps a handful of boards; a board that moved on is another entry, and the oldest makes room.
 */
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const KEPT_MAX = 24
const brotli = promisify(brotliCompress)
const gz = promisify(gzip)

export type Encoding = 'br' | 'gzip'

export const encodingOf = (header: string | string[] | undefined): Encoding | null => {
  const text = String(header ?? '')
  return /\bbr\b/.test(text) ? 'br' : /\bgzip\b/.test(text) ? 'gzip' : null
}

export function createPacker() {
  const kept = new Map<string, Promise<Buffer>>()
  return (key: string, text: string, encoding: Encoding): Promise<Buffer> => {
    const name = `${encoding}\n${key}`
    const known = kept.get(name)
    if (known) return known
    const packed =
      encoding === 'br'
        ? brotli(text, {
            params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_SIZE_HINT]: text.length },
          })
        : gz(text, { level: 5 })
    kept.set(name, packed)
    // A failure must not be what everybody after gets.
    packed.catch(() => kept.delete(name))
    if (kept.size > KEPT_MAX) {
      const oldest = kept.keys().next().value
      if (oldest !== undefined) kept.delete(oldest)
    }
    return packed
  }
}
