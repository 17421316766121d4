import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { region } from './keystone/catalog.ts';
import { playgroundPassword } from './keystone/people.ts';

/** The entries of the file, and who each of them is. */
const people = {
  playground: { username: 'demo', project_name: 'demo', domain: 'Default' },
  'playground-domain': { username: 'domain-user', project_name: 'domain-project', domain: 'Playground' },
  'playground-admin': { username: 'admin', project_name: 'admin', domain: 'Default' },
};

/** Writes a clouds.yaml with the people of the playground, readable by its owner alone; answers where it is. */
export async function writeCloudsFile(directory: string, authUrl: string): Promise<string> {
  const clouds = Object.entries(people).map(([name, { username, project_name, domain }]) => [
    name,
    {
      region_name: region,
      interface: 'public',
      identity_api_version: 3,
      auth: {
        auth_url: authUrl,
        username,
        password: playgroundPassword,
        project_name,
        user_domain_name: domain,
        project_domain_name: domain,
      },
    },
  ]);
  const path = join(directory, 'clouds.yaml');
  await writeFile(path, dump({ clouds: Object.fromEntries(clouds) }), { mode: 0o600 });
  await chmod(path, 0o600); // the mode of writeFile counts for new files only
  return path;
}
