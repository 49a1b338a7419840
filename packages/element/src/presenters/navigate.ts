/** Goes to another page. By itself, so that a test can stay where it is. */
export const navigate = (address: string): void => location.assign(address)
