/**
 * A Socket.IO event packet made ready once for any number of sockets.
 *
 * The text is what Socket.IO would write; beside it lies the finished WebSocket frame, which Engine.IO sends as it is
 * (the way Socket.IO's own adapter broadcasts). Should a later Engine.IO not look at the frame, it writes the text.
 */
export type Frame = {
  readonly text: string
  readonly bytes: number
  /** Records or events inside, for the credit window. */
  readonly items: number
  readonly options: { readonly compress: false; readonly wsPreEncodedFrame: readonly [Buffer] }
}

export const NAMESPACE = '/live'

/** `body` is the JSON text of the event's one argument. */
export function frameOf(event: string, body: string, items = 0): Frame {
  const text = `2${NAMESPACE},["${event}",${body}]`
  const frame = textFrame(`4${text}`)
  return { text, bytes: frame.length, items, options: { compress: false, wsPreEncodedFrame: [frame] } }
}

/** One final, unmasked text frame (RFC 6455, section 5.2). */
function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text)
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(head + length)
  frame[0] = 0x81
  if (head === 2) frame[1] = length
  else if (head === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  frame.write(text, head)
  return frame
}
