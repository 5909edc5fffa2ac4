/** The few drawn signs of the phone, as SVG with the text's own colour. */
const shapes = {
  back: 'M11 4 5 10l6 6',
  tick: 'M3 10.5 7.5 15 17 5',
  paper: 'M5 2.5h7l3 3v12H5zM8 11h4M8 14h4',
  crossed: 'M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M4.7 15.3 15.3 4.7',
  warning: 'M10 3 18 17H2zM10 8v4.5M10 14.6v.4',
  way: 'M4 10h12',
} as const
export type Mark = keyof typeof shapes

export function mark(name: Mark): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 20 20')
  svg.setAttribute('class', `mark mark-${name}`)
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', shapes[name])
  svg.append(path)
  return svg
}
