/**
 * Technicians in the field: each phone keeps its inbox open, and walks its jobs through accept, travel, site, done.
 *
 * Environment: URLS, COMPANY, TECHNICIANS (JSON of {email, password, activities: [{id, version}]}), SECONDS.
 */
import { check } from 'k6'
import exec from 'k6/execution'
import { Counter, Trend } from 'k6/metrics'
import { call, signIn, ticketFor } from './api.ts'
import { follow } from './live.ts'

type Phone = { email: string; password: string; board: string; activities: { id: string; version: number }[] }
const phones = JSON.parse(__ENV.TECHNICIANS ?? '[]') as Phone[]
const urls = (__ENV.URLS ?? '').split(',')

const stepped = new Trend('field_step_ms')
const told = new Counter('inbox_frames')

export const options = {
  scenarios: {
    phones: { executor: 'per-vu-iterations', vus: phones.length, iterations: 1, maxDuration: '5m' },
  },
}

export default async function day(): Promise<void> {
  const index = exec.scenario.iterationInTest
  const phone = phones[index]
  const url = urls[index % urls.length]
  if (!phone || !url) return
  const client = await signIn(url, {
    company: __ENV.COMPANY ?? '',
    email: phone.email,
    password: phone.password,
  })
  const live = follow(
    client.url,
    await ticketFor(client),
    { board: phone.board },
    { onEvents: () => told.add(1) },
  )
  for (const job of phone.activities) {
    for (const fieldStatus of ['accepted', 'travelling', 'onSite', 'done']) {
      const answer = await call(
        client,
        'POST',
        `/activities/${job.id}/field-status`,
        { fieldStatus },
        job.version,
      )
      stepped.add(answer.timings.duration)
      if (!check(answer, { 'the step was taken': ({ status }) => status === 200 })) break
      job.version = (answer.json() as { version: number }).version
      await new Promise<void>((resolve) => setTimeout(resolve, 200))
    }
  }
  live.close()
}
