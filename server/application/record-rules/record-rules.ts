/**
 * What each collection of master data asks for beyond its schema: who may change it, what stands in a field left out,
 * which combinations are refused, and who must be told.
 */
import type { CollectionName } from '../../contract/records.ts'
import { followBoard } from '../board-policies.ts'
import { judgeAgreement, judgeStageRecord } from './agreements.ts'
import { judgeCalendar, judgeSla, judgeSlaUse } from './clocks.ts'
import { followTeam, followTechnician, judgeTeam, judgeTechnician, openWorkOf } from './people.ts'
import type { RecordRules } from './rule.ts'
import { followUser, judgeUser, judgeUserRemoval } from './users.ts'

export const recordRules: Readonly<Record<CollectionName, RecordRules>> = {
  customers: {
    action: 'master-data',
    defaults: { code: null, address: null, phone: null, email: null, currency: 'EUR', priceGroup: null },
  },
  projects: {
    action: 'master-data',
    defaults: { code: null, type: 'timeAndMaterial', address: null, currency: 'EUR' },
  },
  items: { action: 'master-data', defaults: { unit: 'pcs', kind: 'item', cost: 0, price: 0 } },
  teams: {
    action: 'configure',
    defaults: { description: '', boardId: null, ownerTechnicianId: null },
    judge: judgeTeam,
    follow: followTeam,
  },
  technicians: {
    // Who plans the day must be able to say that somebody is ill.
    action: 'optimise',
    defaults: {
      code: null,
      kind: 'employee',
      active: true,
      teamId: null,
      calendarId: null,
      skills: [],
      home: null,
      absences: [],
      travelProfile: null,
      phone: null,
      email: null,
    },
    prepare: openWorkOf,
    judge: judgeTechnician,
    follow: followTechnician,
  },
  boards: {
    action: 'configure',
    defaults: { timeZone: 'UTC', policy: {} },
    follow: ({ tx, before, after }) => followBoard(tx, before, after),
  },
  calendars: {
    action: 'configure',
    defaults: { baseCalendarId: null, standardWorkDayHours: 8, exceptions: [] },
    judge: judgeCalendar,
  },
  slas: {
    action: 'configure',
    defaults: {
      description: '',
      days: 0,
      hours: 0,
      minutes: 0,
      respond: null,
      arrive: null,
      calendarId: null,
      suspended: false,
    },
    judge: judgeSla,
  },
  'agreement-groups': {
    action: 'configure',
    defaults: { description: '', slaId: null, weight: 1 },
    judge: judgeSlaUse,
  },
  agreements: {
    action: 'agreement',
    defaults: {
      description: '',
      endDate: null,
      slaId: null,
      suspended: false,
      isTemplate: false,
      responsibleTechnicianId: null,
      preferredTechnicianId: null,
    },
    judge: judgeAgreement,
  },
  stages: {
    action: 'configure',
    defaults: {
      description: '',
      parentStageId: null,
      canModify: false,
      canDelete: false,
      canCancel: false,
      canPost: false,
      requiresReason: false,
      stopsTimeRecording: false,
      allowedRoles: [],
    },
    judge: judgeStageRecord,
  },
  'reason-codes': { action: 'configure', defaults: { description: '' } },
  'activity-types': {
    action: 'configure',
    defaults: { description: '', shortName: null, defaultMinutes: 60, requiredSkills: [] },
  },
  users: {
    action: 'users',
    defaults: {
      technicianId: null,
      customerId: null,
      monitoredTeamIds: [],
      active: true,
      language: 'en',
    },
    judge: judgeUser,
    follow: followUser,
    judgeRemoval: judgeUserRemoval,
  },
}
