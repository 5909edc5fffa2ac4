/** What a dispatcher can ask of one activity, as the contract spells it. */
export type Act =
  | {
      readonly type: 'assign'
      readonly technicianId: string | null
      readonly start?: string
      readonly end?: string
    }
  | {
      readonly type: 'reschedule'
      readonly start: string
      readonly end: string
      readonly technicianId?: string | null
    }
  | { readonly type: 'dispatch' | 'recall' | 'lock' | 'unlock' | 'close' | 'reopen' }
  | { readonly type: 'prioritise'; readonly priority: 'high' | 'normal' | 'low' }
