/** True for an address without a user and a password, which would go into Redis with each deployment and not be sent. */
export function isWithoutUser(url: string): boolean {
  if (!URL.canParse(url)) return true;
  const { username, password } = new URL(url);
  return username === '' && password === '';
}
