/** Elements in a line: text is always text, never markup, so nothing that a person wrote can run. */
type Child = Node | string | number | null | undefined | false
type Properties = {
  class?: string
  title?: string
  on?: Record<string, (event: Event) => void>
  [attribute: string]: string | boolean | number | undefined | Record<string, (event: Event) => void>
}

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue
    if (name === 'on' && typeof value === 'object') {
      for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler)
    }
    // The page's policy forbids style attributes; a style set from script is not one.
    else if (name === 'style') element.style.cssText = String(value)
    else element.setAttribute(name, value === true ? '' : String(value))
  }
  for (const child of children)
    if (child !== null && child !== undefined && child !== false)
      element.append(child instanceof Node ? child : String(child))
  return element
}

export const button = (text: string, act: () => void, className = ''): HTMLButtonElement =>
  el('button', { type: 'button', class: className, on: { click: act } }, text)

/** An element of the page that must be there; its absence is a mistake in the page. */
export function need<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id)
  if (!element) throw new Error(`the page has no #${id}`)
  // Each page's HTML and its main file are written together.
  return element as T
}
