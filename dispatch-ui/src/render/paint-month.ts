/**
 * Far out a day is a cell: its height is the share of open hours that is planned, over-full turns ink and grows no
 * taller, and promises at risk are its plum cap.
 */
import { toOf, xOf } from '../layout/scale.ts'
import { firstAfter, type Placed } from '../layout/sheet.ts'
import { openTime } from '../model/calendar.ts'
import { isAtStake, stakeOf } from '../model/risk.ts'
import { DAY, dayStart } from '../model/zone.ts'
import type { Ctx } from './forms.ts'
import type { View } from './view.ts'

const WORKDAY = 8 * 3_600_000

export function paintDays(ctx: Ctx, view: View, { row, top, height }: Placed): void {
  if (row.kind !== 'technician') return
  const { scale, colours } = view
  const bars = view.board.barsOf(row.id)
  const calendar =
    row.technician.calendarId === null ? undefined : view.calendars.get(row.technician.calendarId)
  const to = toOf(scale)
  let i = firstAfter(bars, scale.from)
  if (view.drag?.answers.get(row.id)?.mark === 'cannot') ctx.globalAlpha = 0.34
  for (let day = dayStart(view.zone, scale.from); day < to; day = dayStart(view.zone, day + DAY + DAY / 2)) {
    const next = dayStart(view.zone, day + DAY + DAY / 2)
    let planned = 0
    let risky = 0
    for (; i < bars.length; i++) {
      const bar = bars[i]
      if (!bar || (bar.startAt ?? 0) >= next) break
      planned += Math.min(next, bar.endAt ?? 0) - Math.max(day, bar.startAt ?? 0)
      if (isAtStake(stakeOf(view.board, bar, view.now).standing)) risky++
    }
    if (planned <= 0) continue
    const open = calendar ? openTime(calendar, day, next) : WORKDAY
    const share = planned / Math.max(open, 1)
    const x = Math.round(xOf(scale, day)) + 2
    const w = Math.max(2, xOf(scale, next) - xOf(scale, day) - 4)
    const tall = (height - 6) * Math.min(1, Math.max(0.08, share))
    const y = top + height - 3 - tall
    ctx.fillStyle =
      share > 1 ? colours.ink : next < view.now ? colours['rule-strong'] : colours['closed-mark']
    ctx.fillRect(x, y, w, tall)
    if (risky > 0) {
      ctx.fillStyle = colours.promise
      ctx.fillRect(x, y, w, Math.min(tall, 2 + risky))
    }
  }
  ctx.globalAlpha = 1
}
