import { expect, it } from 'vitest'
import { type AgreementTerms, judgeAgreement } from './agreement.ts'

const agreement = {
  id: 'a',
  suspended: false,
  isTemplate: false,
  startDate: '2026-01-01',
  endDate: '2026-12-31',
}
const code = (change: Partial<AgreementTerms>, date: string): string => {
  const judged = judgeAgreement({ ...agreement, ...change }, date)
  return judged.ok ? 'accepted' : judged.refusal.code
}

it.each<[string, Partial<AgreementTerms>, string, string]>([
  ['its first day', {}, '2026-01-01', 'accepted'],
  ['its last day', {}, '2026-12-31', 'accepted'],
  ['the day before', {}, '2025-12-31', 'OUTSIDE_VALIDITY'],
  ['the day after', {}, '2027-01-01', 'OUTSIDE_VALIDITY'],
  ['any later day, when it is open ended', { endDate: null }, '2040-01-01', 'accepted'],
  ['a suspended agreement', { suspended: true }, '2026-06-01', 'AGREEMENT_SUSPENDED'],
  ['a template', { isTemplate: true }, '2026-06-01', 'AGREEMENT_IS_TEMPLATE'],
])('an order for %s', (_name, change, date, expected) => {
  expect(code(change, date)).toBe(expected)
})
