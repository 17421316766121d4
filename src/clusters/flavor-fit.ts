import type { ServersSpec } from './cluster-spec.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

/** What matters of a flavor. */
export interface FlavorSize {
  readonly name: string;
  readonly vcpus: number;
  readonly ramMib: number;
  /** 0 for a disk that is as large as the image. */
  readonly diskGib: number;
}

/** What servers of a flavor boot from, when that is not its own disk. */
type BootVolume = ServersSpec['bootVolume'];

/** What an image asks of a server, as far as it is known before it is there. */
export interface ImageDemand {
  readonly name: string;
  readonly minDiskGib?: number;
  readonly minRamMib?: number;
  /** The size of its file, which the disk must at least hold. */
  readonly bytes?: number;
}

/**
 * Below these `kubeadm init` refuses to begin: ControlPlaneNumCPU and ControlPlaneMem of
 * cmd/kubeadm/app/constants/constants.go in Kubernetes' repository.
 */
const kubeadmCores = 2;
const kubeadmRamMib = 1700;

/** What kubeadm's documentation asks of every machine. */
const comfortableRamMib = 2048;

/** The system, the release's images and room for a few more; with less, the kubelet soon evicts pods. */
const comfortableDiskGib = 10;

const bytesPerGib = 1024 ** 3;

/** Why kubeadm would refuse to make a control plane of this flavor; undefined when it would not. */
export function controlPlaneObjection({ vcpus, ramMib }: FlavorSize): string | undefined {
  const short = [
    ...(vcpus < kubeadmCores ? [`${cores(vcpus)} where kubeadm wants ${kubeadmCores}`] : []),
    ...(ramMib < kubeadmRamMib ? [`${ramMib} MiB of memory where kubeadm wants ${kubeadmRamMib}`] : []),
  ];
  return short.length === 0 ? undefined : short.join(' and ');
}

/** Whether a control plane can be made of a flavor. */
export function controlPlaneFindings(flavor: FlavorSize, image: ImageDemand, volume?: BootVolume): Finding[] {
  const objection = controlPlaneObjection(flavor);
  const about = 'Control plane';
  const refused =
    objection === undefined
      ? []
      : [
          problem(
            about,
            `The control plane’s flavor ${flavor.name} has ${objection}`,
            'Give controlPlane.flavor in clusters.yaml a larger flavor',
          ),
        ];
  return [
    ...refused,
    ...(objection === undefined ? memory(about, flavor) : []),
    ...roomFor(about, flavor, image, volume),
  ];
}

/** Whether nodes can be made of a flavor. */
export function nodeFindings(flavor: FlavorSize, image: ImageDemand, volume?: BootVolume): Finding[] {
  return [...memory('Nodes', flavor), ...roomFor('Nodes', flavor, image, volume)];
}

/** "m1.medium (2 cores, 4 GiB)". */
export function flavorText({ name, vcpus, ramMib }: FlavorSize): string {
  return `${name} (${cores(vcpus)}, ${Math.round(ramMib / 102.4) / 10} GiB)`;
}

/** What the plan says of the control planes. */
export function controlPlanesFinding(spec: ServersSpec & { readonly count: number }, flavor: FlavorSize): Finding {
  const balanced = spec.count === 1 ? '' : ' behind a load balancer';
  return ok('Control plane', `${spec.count} × ${flavorText(flavor)}${balanced}${placeText(spec)}`);
}

/** What the plan says of the nodes; how many there may be, if that is more. */
export function nodesFinding(
  spec: ServersSpec & { readonly count: number; readonly max: number; readonly floatingIps: boolean },
  flavor: FlavorSize,
): Finding {
  const most = spec.max === spec.count ? '' : `, up to ${spec.max}`;
  const addresses = spec.floatingIps ? ', each with a floating IP' : '';
  return ok('Nodes', `${spec.count} × ${flavorText(flavor)}${most}${addresses}${placeText(spec)}`);
}

/** ", on volumes of 40 GiB (ssd), in the zone az1". */
function placeText({ bootVolume: volume, availabilityZone }: ServersSpec): string {
  const type = volume?.type === undefined ? '' : ` (${volume.type})`;
  return [
    ...(volume === undefined ? [] : [`, on volumes of ${volume.size} GiB${type}`]),
    ...(availabilityZone === undefined ? [] : [`, in the zone ${availabilityZone}`]),
  ].join('');
}

function memory(about: string, { name, ramMib }: FlavorSize): Finding[] {
  if (ramMib >= comfortableRamMib) return [];
  return [warning(about, `${about}: ${name} has ${ramMib} MiB of memory; 2 GiB are comfortable`)];
}

/** Whether the image fits into the memory and on the disk. */
function roomFor(about: string, flavor: FlavorSize, image: ImageDemand, volume: BootVolume): Finding[] {
  const { name, ramMib } = flavor;
  const { minRamMib = 0 } = image;
  if (ramMib < minRamMib) {
    return [
      problem(about, `The image ${image.name} wants ${minRamMib} MiB of memory, and ${name} has ${ramMib}`, larger),
    ];
  }
  return volume === undefined ? flavorDisk(about, flavor, image) : volumeRoom(about, volume.size, image);
}

const larger = 'Choose a larger flavor in clusters.yaml, or a smaller image';

/** GiB that an image takes at least. */
function leastDisk({ minDiskGib = 0, bytes = 0 }: ImageDemand): number {
  return Math.max(minDiskGib, Math.ceil(bytes / bytesPerGib));
}

function volumeRoom(about: string, size: number, image: ImageDemand): Finding[] {
  const least = leastDisk(image);
  if (size < least) {
    return [
      problem(
        about,
        `The image ${image.name} wants a disk of ${least} GiB, and the boot volume has ${size}`,
        'Give bootVolume a larger size in clusters.yaml',
      ),
    ];
  }
  if (size >= comfortableDiskGib) return [];
  return [
    warning(about, `${about}: a boot volume has ${size} GiB; ${comfortableDiskGib} leave room for Kubernetes’ images`),
  ];
}

function flavorDisk(about: string, { name, diskGib }: FlavorSize, image: ImageDemand): Finding[] {
  const least = leastDisk(image);
  // Nova makes the disk as large as the image then.
  if (diskGib === 0) {
    return [
      warning(
        about,
        `${about}: ${name} has no disk size of its own, so the disk is only as large as the image ${image.name}`,
      ),
    ];
  }
  if (diskGib < least) {
    return [problem(about, `The image ${image.name} wants a disk of ${least} GiB, and ${name} has ${diskGib}`, larger)];
  }
  if (diskGib >= comfortableDiskGib) return [];
  return [
    warning(
      about,
      `${about}: ${name} has a disk of ${diskGib} GiB; ${comfortableDiskGib} leave room for Kubernetes’ images`,
    ),
  ];
}

function cores(number: number): string {
  return `${number} ${number === 1 ? 'core' : 'cores'}`;
}
