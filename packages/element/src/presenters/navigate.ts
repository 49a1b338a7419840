/** Goes to another page. A module of its own, so that a test can replace it and stay on its page. */
export const navigate = (address: string): void => location.assign(address)
