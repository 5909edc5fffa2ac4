/** Imports over the wire: a file goes in, a record that counts every row comes out. */
import { type Static, Type } from 'typebox'
import { closed, Id, InstantText, Nullable } from './common.ts'

export const ImportView = Type.Object(
  {
    id: Id,
    kind: Type.String(),
    boardId: Id,
    fileName: Type.String(),
    status: Type.Union([
      Type.Literal('queued'),
      Type.Literal('running'),
      Type.Literal('done'),
      Type.Literal('failed'),
      Type.Literal('cancelled'),
    ]),
    read: Type.Integer(),
    created: Type.Integer(),
    unchanged: Type.Integer(),
    refused: Type.Integer(),
    /** The first 1,000; all of them at `/imports/{id}/refusals.csv`. */
    refusals: Type.Array(Type.Object({ line: Type.Integer(), reason: Type.String() }, closed)),
    error: Nullable(Type.String()),
    createdAt: InstantText,
    finishedAt: Nullable(InstantText),
  },
  { $id: 'Import', ...closed },
)
export type ImportView = Static<typeof ImportView>
