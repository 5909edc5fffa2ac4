import { describe, expect, it } from 'vitest'
import { asyncApiDocument } from './asyncapi.ts'

const document = JSON.parse(JSON.stringify(asyncApiDocument({ version: '1.2.3' })))

function references(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(references)
  if (typeof node !== 'object' || node === null) return []
  return Object.entries(node).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string' ? [value] : references(value),
  )
}

describe('the AsyncAPI document', () => {
  it('describes every message of the contract, by side', () => {
    expect(Object.keys(document.channels.live.messages)).toEqual([
      'client-subscribe',
      'client-ack',
      'client-unsubscribe',
      'client-presence',
      'client-inbox',
      'server-snapshot',
      'server-events',
      'server-heartbeat',
      'server-reset',
      'server-presence',
      'server-notice',
      'server-inbox',
      'server-error',
    ])
  })

  it('refers only to what it contains', () => {
    const found = references(document)
    expect(found.length).toBeGreaterThan(10)
    for (const reference of found) {
      const target = reference
        .slice(2)
        .split('/')
        .reduce(
          (node: Record<string, unknown> | undefined, key) =>
            node?.[key] as Record<string, unknown> | undefined,
          document,
        )
      expect(target, reference).toBeTypeOf('object')
    }
  })

  it('holds closed schemas for what clients say', () => {
    expect(document.channels.live.messages['client-subscribe'].payload.additionalProperties).toBe(false)
  })
})
