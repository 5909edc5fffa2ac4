/** `k6/websockets`: the browser's WebSocket, which is what k6 offers as well. */
export { WebSocket } from 'ws'
