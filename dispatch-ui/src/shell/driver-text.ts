/** What a likely miss comes from, as one phrase. Given words only: names and titles are the caller's to find. */
import { t } from './text.ts'

type Driver = { readonly kind: 'work' | 'travel' | 'late' | 'plan'; readonly activityId: string }

/** `own` is the job in danger; `job` what the driver's job is called, null when unknown. */
export function driverText(driver: Driver, own: string, who: string, job: string | null): string {
  const isOwn = driver.activityId === own || job === null
  switch (driver.kind) {
    case 'work':
      return isOwn ? t('danger.own') : t('danger.work', { who, job })
    case 'travel':
      return isOwn ? t('danger.ownTravel') : t('danger.travel', { who, job })
    case 'late':
      return t('danger.late', { who })
    case 'plan':
      return t('danger.plan')
  }
}
