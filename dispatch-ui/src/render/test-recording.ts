/** A canvas that writes down what it is told, so that a picture can be read as a list. */
export type Call = {
  readonly what: string
  readonly args: readonly unknown[]
  readonly fill: unknown
  readonly stroke: unknown
  readonly alpha: number
  readonly dash: readonly number[]
}

export type Recording = { readonly ctx: CanvasRenderingContext2D; readonly calls: Call[]; texts(): string[] }

const PX_PER_LETTER = 6

export function recording(): Recording {
  const calls: Call[] = []
  const state: Record<string, unknown> = {
    globalAlpha: 1,
    font: '',
    fillStyle: '',
    strokeStyle: '',
  }
  let dash: readonly number[] = []
  const handler: ProxyHandler<Record<string, unknown>> = {
    get(_target, name) {
      if (typeof name !== 'string') return undefined
      if (name === 'measureText')
        return (text: string) => ({
          width: text.length * PX_PER_LETTER * (String(state.font).includes('semi-condensed') ? 0.875 : 1),
        })
      if (name in state) return state[name]
      return (...args: unknown[]) => {
        // The canvas's own signature for dashes: one list of numbers.
        if (name === 'setLineDash') dash = args[0] as readonly number[]
        calls.push({
          what: name,
          args,
          fill: state.fillStyle,
          stroke: state.strokeStyle,
          alpha: Number(state.globalAlpha),
          dash,
        })
      }
    },
    set(_target, name, value) {
      state[String(name)] = value
      return true
    },
  }
  return {
    // Painters use a context's methods and settings only, and the recording answers all of them.
    ctx: new Proxy(state, handler) as object as CanvasRenderingContext2D,
    calls,
    texts: () => calls.filter((call) => call.what === 'fillText').map((call) => String(call.args[0])),
  }
}
