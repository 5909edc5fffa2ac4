/** The words of the manager's SLA wall. */
export const wallText = {} as const
