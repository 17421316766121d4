import { describe, expect, it } from 'vitest';
import { explainPull } from '../../src/kubernetes/pull-failures.ts';

const image = 'registry.k8s.io/build-image/kube-cross:v1.35.0-go1.25.6-bullseye.0';
const started = `Unable to find image '${image}' locally`;
const refused = 'docker: Error response from daemon:';

describe('explainPull', () => {
  it.each([
    [
      `${refused} Get "https://registry.k8s.io/v2/": dial tcp: lookup registry.k8s.io on 127.0.0.53:53: no such host`,
      /registry\.k8s\.io does not answer \(no such host\)/,
      /docker pull registry\.k8s\.io\/build-image\/kube-cross/,
    ],
    [`${refused} Get "https://registry.k8s.io/v2/": net/http: TLS handshake timeout`, /does not answer/, /proxy/],
    [`${refused} manifest for ${image} not found: manifest unknown: Failed to fetch`, /does not have it/, /its tag/],
    [`${refused} pull access denied for ${image}, repository does not exist`, /refuses it/, /docker login/],
    [`${refused} unauthorized: authentication required`, /refuses it/, /docker login/],
    [`${refused} toomanyrequests: You have reached your pull rate limit.`, /allows no more pulls/, /Wait some hours/],
    [
      `${refused} Get "https://registry.k8s.io/v2/": x509: certificate has expired or is not yet valid: current time 2019-01-01T00:00:00Z is before 2026-01-01T00:00:00Z`,
      /not valid at the machine’s time/,
      /clock/,
    ],
    [
      `${refused} Get "https://registry.k8s.io/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
      /not trusted/,
      /certs\.d\/registry\.k8s\.io/,
    ],
    [
      `${refused} Get "https://registry.k8s.io/v2/": http: server gave HTTP response to HTTPS client`,
      /speaks no https/,
      /insecure-registries/,
    ],
    [
      `${refused} no matching manifest for linux/arm64/v8 in the manifest list entries`,
      /not there for linux\/arm64\/v8/,
      /platform/,
    ],
  ])('tells from %j why the image did not come', (line, reason, hint) => {
    const explanation = explainPull([started, line]);

    expect(explanation?.message).toContain(`the image ${image} could not be pulled: `);
    expect(explanation?.message).toMatch(reason);
    expect(explanation?.hint).toMatch(hint);
  });

  it('finds the image in what BuildKit writes', () => {
    const explanation = explainPull([
      '#3 [internal] load metadata for gcr.io/distroless/static-debian13:latest',
      '#3 ERROR: unexpected status from HEAD request to https://gcr.io/v2/distroless/static-debian13/manifests/latest: 403 Forbidden',
      '------',
      ' > [internal] load metadata for gcr.io/distroless/static-debian13:latest:',
      '------',
      'ERROR: failed to solve: gcr.io/distroless/static-debian13:latest: failed to resolve source metadata',
    ]);

    expect(explanation?.message).toBe(
      'the image gcr.io/distroless/static-debian13:latest could not be pulled: gcr.io refuses it',
    );
  });

  it('says that BuildKit itself comes from Docker Hub', () => {
    const explanation = explainPull([
      '#1 pulling image moby/buildkit:buildx-stable-1',
      'ERROR: Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp 1.2.3.4:443: i/o timeout',
    ]);

    expect(explanation?.message).toMatch(/^the image moby\/buildkit:buildx-stable-1 could not be pulled: docker\.io /);
    expect(explanation?.hint).toMatch(/mirror of Docker Hub/);
  });

  it('does without the name of the image when nobody says it', () => {
    const explanation = explainPull([`${refused} Get "https://mirror.example.org:5000/v2/": dial tcp: i/o timeout`]);

    expect(explanation?.message).toMatch(/^an image could not be pulled: mirror\.example\.org:5000 does not answer/);
  });

  it.each([
    'go: example.org/x: Get "https://modules.example.org/x": dial tcp: i/o timeout',
    'fatal: unable to access the repository: connection refused',
    '!!! [1122 22:00:00] Timed out waiting for x: connection refused',
    'ERROR: failed to solve: failed to compute cache key: failed to calculate checksum of ref a::b: "/kube-proxy": not found',
    'ERROR: failed to solve: process "/bin/sh -c wget http://x" did not complete successfully: connection refused',
  ])('does not take another trouble with a network for a pull: %s', (line) => {
    expect(explainPull([line])).toBeUndefined();
  });
});
