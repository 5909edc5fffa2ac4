import { describe, expect, it } from 'vitest'
import type { ActivityView } from '../../../server/contract/activity.ts'
import { Refusal, Unreachable } from '../sync/api.ts'
import { Entries, type Entry, type Post } from './entries.ts'
import { sampleActivity } from './sample.ts'

const entry = (key: string, facts: Partial<Entry> = {}): Omit<Entry, 'where'> => ({
  key,
  activityId: 'a1',
  title: 'Tree',
  step: 'accepted',
  at: 0,
  version: 1,
  shown: sampleActivity(),
  ...facts,
})

function phone(post: Post, stored: Entry[] = []) {
  const answered: ActivityView[] = []
  const seen: string[] = []
  let kept = stored
  const store = {
    read: () => kept,
    write: (entries: readonly Entry[]) => {
      kept = [...entries]
    },
  }
  const entries: Entries = new Entries(store, post, {
    changed: () => seen.push(entries.all.map((one) => one.where).join(' ')),
    answered: (activity) => answered.push(activity),
  })
  return { entries, answered, seen, stored: () => kept }
}
const conflict = (current: ActivityView) =>
  new Refusal({
    status: 412,
    code: 'VERSION_CONFLICT',
    title: 'Changed',
    details: { current, changedBy: { name: 'Marta' } },
  })

describe('entries of a technician', () => {
  it('are kept before they are sent, and at the desk only when the server has answered', async () => {
    const { entries, seen, answered } = phone(async () => sampleActivity({ version: 2 }))
    entries.add(entry('k1'))
    await entries.send()
    expect(seen).toEqual(['kept', 'sending', 'desk'])
    expect(answered[0]?.version).toBe(2)
  })

  it('stay on the phone, in order, while nobody can be reached', async () => {
    const sent: string[] = []
    const { entries, stored } = phone(async (one) => {
      sent.push(one.key)
      throw new Unreachable()
    })
    entries.add(entry('k1'))
    entries.add(entry('k2', { step: 'travelling' }))
    await entries.send()
    expect(sent).toEqual(['k1'])
    expect(stored().map((one) => [one.key, one.where])).toEqual([
      ['k1', 'kept'],
      ['k2', 'kept'],
    ])
  })

  it('build on what the own steps before them made', async () => {
    const versions: number[] = []
    const { entries } = phone(async (one) => {
      versions.push(one.version)
      return sampleActivity({ version: one.version + 1 })
    })
    entries.add(entry('k1', { version: 7 }))
    entries.add(entry('k2', { version: 7, step: 'travelling' }))
    entries.add(entry('k3', { version: 7, step: 'onSite' }))
    await entries.send()
    expect(versions).toEqual([7, 8, 9])
  })

  it('come back with who changed what, and the later ones for the same job are not sent', async () => {
    const sent: string[] = []
    const now = sampleActivity({ version: 4, start: '2026-08-29T14:56:00.000Z' })
    const { entries, answered } = phone(async (one) => {
      sent.push(one.key)
      throw conflict(now)
    })
    entries.add(entry('k1'))
    entries.add(entry('k2', { step: 'travelling' }))
    await entries.send()
    expect(sent).toEqual(['k1'])
    expect(entries.unread.map((one) => one.key)).toEqual(['k1'])
    expect(entries.unread[0]?.back).toMatchObject({
      by: 'Marta',
      changes: [{ kind: 'start', from: '2026-08-29T14:00:00.000Z', to: '2026-08-29T14:56:00.000Z' }],
    })
    expect(entries.all[1]?.back?.why).toBe('earlier')
    expect(answered).toEqual([now])
  })

  it('ask again with the same key after the page was closed while sending', async () => {
    const keys: string[] = []
    const stored: Entry[] = [{ ...entry('k1'), where: 'sending' }]
    const { entries } = phone(async (one) => {
      keys.push(one.key)
      return sampleActivity({ version: 2 })
    }, stored)
    expect(entries.waiting[0]?.where).toBe('kept')
    await entries.send()
    expect(keys).toEqual(['k1'])
  })

  it('wait when the server is busy or asks to sign in, instead of coming back', async () => {
    for (const status of [401, 429, 503]) {
      const { entries } = phone(async () => {
        throw new Refusal({ status, code: 'X', title: 'x' })
      })
      entries.add(entry('k1'))
      await entries.send()
      expect(entries.waiting).toHaveLength(1)
    }
  })

  it('are forgotten only when they have been answered', async () => {
    const { entries } = phone(async (one) => sampleActivity({ id: one.activityId, version: 2 }))
    for (let n = 0; n < 80; n++) entries.add(entry(`k${n}`, { activityId: `a${n}` }))
    expect(entries.all).toHaveLength(80)
    await entries.send()
    expect(entries.all).toHaveLength(60)
    expect(entries.all[0]?.key).toBe('k20')
  })
})
