/** A company's parameters (domain.md 1.3) with their defaults, as the stored document leaves them out. */
import type { ParametersRow } from '../../ports/commands.ts'

const defaults: Omit<ParametersRow, 'timeZone'> = {
  allowWithoutAgreement: false,
  reasonOnCancel: false,
  reasonOnExceed: false,
  technicianCanPost: false,
  signOffRequired: 'none',
  createActivityRule: 'never',
  activityGenerationStageId: null,
  defaultAgreementGroupId: null,
  defaultBoardId: null,
  calendarId: null,
  slaWarnPercent: [75, 90],
  attachSlaToGenerated: false,
  dispatchColorHigh: '#A92A12',
  dispatchColorNormal: '#B07A00',
  dispatchColorLow: '#2B8A78',
  dispatchDaysBefore: 1,
  dispatchDaysAfter: 7,
}

/** The stored document was validated when it was written, so its members have the types of `ParametersRow`. */
export const parametersOf = (stored: Record<string, unknown>, timeZone: string): ParametersRow => ({
  ...defaults,
  ...(stored as Partial<ParametersRow>),
  timeZone,
})
