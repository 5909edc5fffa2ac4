/** The words of the technician's page and of sign-in. */
export const technicianText = {} as const
