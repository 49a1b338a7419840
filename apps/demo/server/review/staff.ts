/** Staff of the review desk. All of them are invented. */
export const staff = [{ id: 'rae', name: 'Rae Reviewer' }] as const

export type StaffMember = (typeof staff)[number]

/**
 * The two banks whose desks can be looked at, each a customer of Didit's with a key and Sessions of its own. Where the
 * staff routes of each are, and as what Didit knows it.
 */
export const banks = {
  harbour: { name: 'Harbour Bank', staffPath: '/api/didit/staff', applicationId: null },
  lantern: {
    name: 'Lantern Credit',
    staffPath: '/api/partner/staff',
    // The emulator's second application.
    applicationId: '99999999-2222-4333-8444-555555555555',
  },
} as const

export type BankId = keyof typeof banks
