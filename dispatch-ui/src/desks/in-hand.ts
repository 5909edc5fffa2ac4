/** The board in hand: who looks at it, what belongs to it, and what things on it are called. */
import type { BoardSnapshot } from '../../../server/contract/board.ts'
import { type Bar, Board } from '../model/board.ts'
import type { Calendar } from '../model/calendar.ts'
import type { BoardPolicyView } from '../model/policy.ts'
import type { Team } from '../model/rows.ts'
import { type TypeName, type TypeRecord, typeNameOf } from '../model/type-names.ts'
import { need } from '../shell/dom.ts'
import { currentLanguage, t } from '../shell/text.ts'
import { clockTime, dayName } from '../shell/time.ts'
import { ask, askAll, type Session } from '../sync/api.ts'

export type BoardInfo = {
  readonly id: string
  readonly name: string
  readonly timeZone: string
} & BoardPolicyView

/** What is the same for every board of a company: read once, when the page opens. */
export type Company = {
  readonly who: Session
  readonly boards: readonly BoardInfo[]
  readonly teams: readonly (Team & { readonly boardId: string | null })[]
  readonly calendars: readonly Omit<Calendar, 'base'>[]
  readonly types: readonly TypeRecord[]
}

export async function readCompany(who: Session): Promise<Company> {
  const [boards, teams, calendars, types] = await Promise.all([
    askAll<BoardInfo>('/boards?limit=200'),
    askAll<Company['teams'][number]>('/teams?limit=200'),
    askAll<Company['calendars'][number]>('/calendars?limit=200'),
    askAll<TypeRecord>('/activity-types?limit=200'),
  ])
  return { who, boards, teams, calendars, types }
}

export const readBoard = async (id: string): Promise<BoardSnapshot> =>
  (await ask<BoardSnapshot>('GET', `/boards/${encodeURIComponent(id)}`)).value

/** Says that there is nobody to plan for, where that is so. */
export const sayEmpty = (isEmpty: boolean): void => {
  need('empty').hidden = !isEmpty
  if (isEmpty) need('empty').textContent = t('sheet.noPeople')
}

export type InHand = ReturnType<typeof takeInHand>

export function takeInHand(company: Company, info: BoardInfo) {
  const { role } = company.who.user
  const board = new Board(info.id)
  const typeNames = new Map<string, TypeName>(company.types.map((type) => [type.id, typeNameOf(type)]))
  const calendars = new Map<string, Calendar>(company.calendars.map((one) => [one.id, one]))
  const teams = company.teams.filter((team) => team.boardId === info.id)
  const clock = (at: number, withSeconds?: boolean): string => clockTime(at, info.timeZone, withSeconds)
  const dayLabel = (at: number): string => dayName(at, currentLanguage(), info.timeZone)
  const titleOf = (bar: Bar): string =>
    (bar.typeId === null ? undefined : typeNames.get(bar.typeId)?.full) ??
    board.orders.get(bar.orderId)?.description ??
    bar.number
  return {
    who: company.who,
    boards: company.boards,
    info,
    zone: info.timeZone,
    board,
    teams,
    calendars,
    typeNames,
    mayEdit: ['manager', 'dispatcher', 'administrator'].includes(role),
    mayConfigure: ['manager', 'administrator'].includes(role),
    titleOf,
    placeOf: (bar: Bar): string => board.orders.get(bar.orderId)?.placeName ?? '',
    /** A job's name and place; its id where the board does not hold it. */
    titleOfId(id: string): string {
      const bar = board.bars.get(id)
      return bar
        ? [titleOf(bar), board.orders.get(bar.orderId)?.placeName].filter((part) => part).join(', ')
        : id
    },
    nameOf: (id: string | null): string =>
      id === null ? t('details.nobody') : (board.technicians.get(id)?.name ?? id),
    /** Its part of a view: how things are named and told. */
    shown: () => ({
      board,
      zone: info.timeZone,
      clock,
      dayLabel,
      summary: t('sheet.people', { n: board.technicians.size, t: teams.length }),
      mineLabel: t('conflict.mine'),
      types: typeNames,
      calendars,
    }),
    clock,
    dayLabel,
  }
}
