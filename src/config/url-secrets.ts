/** True for an address without a password: what clusters.yaml says of a cluster goes into Redis with each deployment. */
export function isWithoutPassword(url: string): boolean {
  return !URL.canParse(url) || new URL(url).password === '';
}

/** True for an address without a user and a password. None would be sent either. */
export function isWithoutUser(url: string): boolean {
  return !URL.canParse(url) || (new URL(url).username === '' && isWithoutPassword(url));
}
