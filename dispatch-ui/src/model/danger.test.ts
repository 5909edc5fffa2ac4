import { describe, expect, it } from 'vitest'
import { betterOf, dangersOf, percentOf } from './danger.ts'
import type { SlaWatch } from './planning.ts'

const watched = (activityId: string, target: 'arrive' | 'complete', probability: number | null) => ({
  orderId: 'o',
  orderNumber: '1',
  description: '',
  customerName: null,
  priority: 'normal',
  agreementGroupId: null,
  slaId: 's',
  teamId: null,
  technicianId: null,
  activityId,
  target,
  dueAt: '2026-06-01T12:00:00Z',
  minutesLeft: 10,
  plannedAt: null,
  why: 'tight' as const,
  probability,
  probabilityUnknown: probability === null ? 'few-waits' : null,
  driver: null,
})
const watch = (atRisk: SlaWatch['atRisk']): SlaWatch => ({ at: '', open: 1, broken: [], atRisk })

describe('how likely a job is in trouble', () => {
  it('is the likeliest of its promises', () => {
    const dangers = dangersOf(watch([watched('a', 'arrive', 0.7), watched('a', 'complete', 0.4)]))
    expect(dangers.get('a')).toMatchObject({ chance: 0.7, target: 'arrive' })
  })

  it('is not said where nothing is known', () => {
    expect(dangersOf(watch([watched('a', 'arrive', null)])).size).toBe(0)
  })

  it('is never rounded to never or surely', () => {
    expect([0, 0.001, 0.314, 0.999, 1].map(percentOf)).toEqual([0, 1, 31, 99, 100])
  })
})

describe('whom to send instead', () => {
  const offer = (technicianId: string, missProbability: number | null) => ({
    technicianId,
    start: '',
    end: '',
    missProbability,
  })

  it('is who would most likely keep it', () => {
    const offers = [offer('bo', 0.2), offer('lea', 0.06), offer('kim', null)]
    expect(betterOf(offers, { technicianId: 'omar', chance: 0.31 })?.technicianId).toBe('lea')
  })

  it('is nobody who would hardly help, and not the same person at another time', () => {
    expect(betterOf([offer('bo', 0.25)], { technicianId: 'omar', chance: 0.31 })).toBeNull()
    expect(betterOf([offer('omar', 0)], { technicianId: 'omar', chance: 0.31 })).toBeNull()
  })
})
