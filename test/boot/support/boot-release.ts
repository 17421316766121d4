import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ustar } from '../../../jobs/release/ustar.ts';
import { kubeconfigText } from '../../../src/kubernetes/kubeconfig.ts';
import { CertificateAuthority } from '../../../src/playground/nodes/certificate-authority.ts';
import { Secret } from '../../../src/secret.ts';
import { packSalt } from './salt-onedir.ts';

const version = 'v1.34.2';
const tarball = 'kubernetes-server-linux-amd64.tar.gz';
const standIn = join(import.meta.dirname, 'stand-in');
const images = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy'];

/** A file as clusters.yaml names it. */
export interface NamedFile {
  readonly name: string;
  readonly file: string;
  readonly sha512: string;
}

/** What a cluster of the lab is made of besides the cloud: a mirror with Kubernetes, and files for first boot. */
export class BootRelease {
  /** The key `kubernetes` of clusters.yaml. */
  readonly kubernetes: object;
  readonly salt: NamedFile;
  /** Debian's packages, and what the stand-in for kubeadm makes its admin.conf of. */
  readonly files: readonly NamedFile[];
  readonly #folder: string;
  readonly #mirror: Server;

  private constructor(folder: string, mirror: Server, kubernetes: object, salt: NamedFile, files: NamedFile[]) {
    this.#folder = folder;
    this.#mirror = mirror;
    this.kubernetes = kubernetes;
    this.salt = salt;
    this.files = files;
  }

  /** Makes everything but the packages, which `npm run test:boot` has fetched. */
  static async make(): Promise<BootRelease> {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-boot-release-'));
    const content = await serverTarball();
    const sha512 = createHash('sha512').update(content).digest('hex');
    const mirror = createServer(({ url }, response) => {
      if (url === `/${version}/${tarball}`) response.writeHead(200, { 'content-length': content.length }).end(content);
      else response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    await once(mirror, 'listening');
    const { port } = mirror.address() as AddressInfo;
    const kubernetes = { version, source: 'release', mirror: `http://127.0.0.1:${port}`, sha512 };
    const salt = await named(await packSalt(join(folder, 'salt-onedir.tar.gz')));
    const adminConf = join(folder, 'admin.conf');
    await writeFile(adminConf, newAdminConf());
    return new BootRelease(folder, mirror, kubernetes, salt, [...(await packagesOfDebian()), await named(adminConf)]);
  }

  /** A file of the test's own. */
  async file(name: string, content: string): Promise<NamedFile> {
    const folder = await mkdtemp(join(this.#folder, 'file-'));
    await writeFile(join(folder, name), content);
    return named(join(folder, name));
  }

  async close(): Promise<void> {
    this.#mirror.close();
    this.#mirror.closeAllConnections();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** A kubeconfig of an authority that nobody else knows; nothing listens where it points. */
function newAdminConf(): string {
  const authority = new CertificateAuthority();
  const user = 'kubernetes-admin';
  const { cert, key } = authority.issueClient({ user, groups: ['kubeadm:cluster-admins'] });
  return kubeconfigText({
    cluster: 'kubernetes',
    server: 'https://10.123.0.1:6443',
    ca: authority.certificate,
    user,
    certificate: cert,
    key: new Secret(key),
  }).reveal();
}

async function packagesOfDebian(): Promise<NamedFile[]> {
  const folder = process.env.SLIPWAY_BOOT_PACKAGES;
  if (folder === undefined) throw new Error('These tests need packages of Debian: run them by `npm run test:boot`');
  const names = (await readdir(folder)).sort();
  return Promise.all(names.map((name) => named(join(folder, name))));
}

async function named(file: string): Promise<NamedFile> {
  const digest = createHash('sha512');
  for await (const chunk of createReadStream(file)) digest.update(chunk);
  return { name: basename(file), file, sha512: digest.digest('hex') };
}

/** Kubernetes' server tarball, with stand-ins for its programs and images of a file each. */
async function serverTarball(): Promise<Buffer> {
  const program = await readFile(standIn);
  const bin = 'kubernetes/server/bin';
  const folders = ['kubernetes', 'kubernetes/server', bin].map((path) => ({ path, kind: 'folder' }) as const);
  const programs = ['kubeadm', 'kubectl', 'kubelet'].map(
    (name) => ({ path: `${bin}/${name}`, kind: 'file', executable: true, content: program }) as const,
  );
  const archives = images.flatMap((name) => [
    {
      path: `${bin}/${name}.tar`,
      kind: 'file',
      content: imageArchive(`registry.k8s.io/${name}-amd64:${version}`),
    } as const,
    { path: `${bin}/${name}.docker_tag`, kind: 'file', content: Buffer.from(`${version}\n`) } as const,
  ]);
  const versionFile = { path: 'kubernetes/version', kind: 'file', content: Buffer.from(`${version}\n`) } as const;
  return gzipSync(ustar([...folders, versionFile, ...programs, ...archives]));
}

/** An image as `docker save` writes it, of one layer with one file; containerd looks at every digest in it. */
function imageArchive(name: string): Buffer {
  const layer = ustar([{ path: 'README', kind: 'file', content: Buffer.from(`${name}\n`) }]);
  const layerDigest = createHash('sha256').update(layer).digest('hex');
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: [`sha256:${layerDigest}`] },
    }),
  );
  const configFile = `${createHash('sha256').update(config).digest('hex')}.json`;
  const manifest = [{ Config: configFile, RepoTags: [name], Layers: ['layer.tar'] }];
  return ustar([
    { path: configFile, kind: 'file', content: config },
    { path: 'layer.tar', kind: 'file', content: layer },
    { path: 'manifest.json', kind: 'file', content: Buffer.from(JSON.stringify(manifest)) },
  ]);
}
