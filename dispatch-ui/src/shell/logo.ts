/** The mark: three bars, staggered like work on a board. */
const bars = [
  { x: 0, y: 1, width: 11 },
  { x: 5, y: 7, width: 11 },
  { x: 9, y: 13, width: 9 },
]

export function logo(): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('width', '20')
  svg.setAttribute('height', '16')
  svg.setAttribute('aria-hidden', 'true')
  for (const { x, y, width } of bars) {
    const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
    rect.setAttribute('x', String(x))
    rect.setAttribute('y', String(y))
    rect.setAttribute('width', String(width))
    rect.setAttribute('height', '3')
    rect.setAttribute('fill', 'currentColor')
    svg.append(rect)
  }
  return svg
}
