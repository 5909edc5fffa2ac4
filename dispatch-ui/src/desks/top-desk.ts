/** The bar at the top: moves what is in sight, and opens what the other desks show. */
import { type ZoomName, zooms } from '../layout/scale.ts'
import { type Density, measures } from '../layout/sheet.ts'
import { DAY } from '../model/zone.ts'
import type { FindBox } from '../panels/find-box.ts'
import { type Choice, type TopBar, topBar } from '../panels/top-bar.ts'
import { need } from '../shell/dom.ts'
import { chooseTheme, chosenTheme } from '../shell/preferences.ts'
import { t } from '../shell/text.ts'
import { signOut } from '../sync/api.ts'
import type { InHand } from './in-hand.ts'
import type { Sight } from './sight.ts'

export function openTopDesk(
  hand: InHand,
  needs: {
    readonly sight: Sight
    readonly find: FindBox
    nextAtRisk(): void
    plan(): void
    whatIf(): void
    showPolicy(): void
    showProposal(): void
    recolour(): void
  },
): TopBar {
  const { sight } = needs
  const { who } = hand
  const themes = (): Choice[] =>
    (['light', 'dark'] as const).map((theme) => ({
      name: theme,
      label: t(theme === 'light' ? 'top.day' : 'top.night'),
      isChosen: chosenTheme() === theme,
      choose() {
        chooseTheme(theme)
        needs.recolour()
      },
    }))
  const densities = (): Choice[] =>
    // The keys of a constant table are its densities and nothing else.
    (Object.keys(measures) as Density[]).map((one) => ({
      name: one,
      label: t(`dense.${one}`),
      isChosen: sight.density === one,
      choose: () => sight.setDensity(one),
    }))
  const top = topBar(need('top'), {
    company: who.company.name,
    me: `${who.user.name}, ${who.company.name}`,
    boards: hand.boards,
    board: hand.info.id,
    mayPlan: hand.mayEdit,
    zooms,
    find: needs.find.root,
    openBoard(id) {
      localStorage.setItem('board', id)
      location.search = `?board=${encodeURIComponent(id)}`
    },
    openQueue: () => need('queue').classList.toggle('open'),
    // The buttons are made from the names of `zooms`.
    setZoom: (name) => sight.setPxPerHour(zooms[name as ZoomName]),
    stepDay: (step) => sight.goTo(sight.lookedAt() + step * DAY),
    goNow: () => sight.goTo(Date.now()),
    nextAtRisk: needs.nextAtRisk,
    plan: needs.plan,
    whatIf: needs.whatIf,
    showPolicy: needs.showPolicy,
    showProposal: needs.showProposal,
    menu: () => [
      ['top.theme', themes()],
      ['top.dense', densities()],
    ],
    signOut: () => void signOut(),
  })
  top.zoom(sight.scale.pxPerHour)
  return top
}
