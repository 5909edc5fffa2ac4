/** The keyboard: every act of the board without a pointer. */
export type KeyActs = {
  queueNext(step: 1 | -1): void
  walk(direction: 'left' | 'right' | 'up' | 'down'): void
  dispatch(): void
  why(): void
  who(): void
  nextAtRisk(): void
  now(): void
  zoom(factor: number): void
  find(): void
  undo(): void
  escape(): void
  help(): void
}

export function watchKeys(acts: KeyActs): void {
  const plain: Record<string, () => void> = {
    j: () => acts.queueNext(1),
    k: () => acts.queueNext(-1),
    ArrowLeft: () => acts.walk('left'),
    ArrowRight: () => acts.walk('right'),
    ArrowUp: () => acts.walk('up'),
    ArrowDown: () => acts.walk('down'),
    d: acts.dispatch,
    w: acts.why,
    p: acts.who,
    r: acts.nextAtRisk,
    n: acts.now,
    l: acts.now,
    '+': () => acts.zoom(1.25),
    '=': () => acts.zoom(1.25),
    '-': () => acts.zoom(0.8),
    '/': acts.find,
    '?': acts.help,
    Escape: acts.escape,
  }
  window.addEventListener('keydown', (event) => {
    const isWriting = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement
    const command = event.metaKey || event.ctrlKey
    if (command && event.key.toLowerCase() === 'z' && !isWriting) run(event, acts.undo)
    else if (command && event.key.toLowerCase() === 'k') run(event, acts.find)
    else if (command || event.altKey || (isWriting && event.key !== 'Escape')) return
    else {
      const act = plain[event.key.length === 1 ? event.key.toLowerCase() : event.key]
      if (act) run(event, act)
    }
  })
}

function run(event: KeyboardEvent, act: () => void): void {
  event.preventDefault()
  act()
}
