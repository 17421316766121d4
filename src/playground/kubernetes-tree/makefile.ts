/**
 * The Makefile of the playground's tree. It keeps the contract of Kubernetes' own: `make quick-release` leaves the
 * tarballs in _output/release-tars, names the version as git describes it, and takes KUBE_BUILD_PLATFORMS. What it
 * packs are scripts that print that version. The pauses are there so that progress can be seen.
 */
export const makefile = `# A Kubernetes tree as small as can be: the build contract without the source.

KUBE_BUILD_PLATFORMS ?= linux/amd64

VERSION := $(shell git describe --tags --match='v*' --abbrev=14)
PLATFORM := $(firstword $(KUBE_BUILD_PLATFORMS))
OS_ARCH := $(subst /,-,$(PLATFORM))
OUT := _output
STAGE := $(OUT)/release-stage
TARS := $(OUT)/release-tars
SERVER := kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet kubeadm kubectl
CLIENT := kubectl

# Owner, order and time are fixed, so that the same commit gives the same bytes.
TAR := tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0

.PHONY: all quick-release release clean
all: quick-release
release: quick-release

# As Kubernetes' own scripts write their headings (hack/lib/logging.sh).
say = @echo "+++ [$$(date +%m%d\\ %H:%M:%S)] $(1)"

quick-release:
	@test -n "$(VERSION)" || { echo '!!! git version information missing; cannot name the release' >&2; exit 1; }
	$(call say,Verifying Prerequisites....)
	@rm -rf $(STAGE) $(TARS) && mkdir -p $(TARS)
	@sleep 0.4
	$(call say,Running build command...)
	$(call say,Building go targets for $(PLATFORM))
	@for binary in $(SERVER); do \\
	  echo "k8s.io/kubernetes/cmd/$$binary"; \\
	  sh ./build.sh server "$$binary" '$(VERSION)' '$(STAGE)' || exit 1; \\
	  sleep 0.2; \\
	done
	@for binary in $(CLIENT); do sh ./build.sh client "$$binary" '$(VERSION)' '$(STAGE)' || exit 1; done
	$(call say,Building tarball: client $(OS_ARCH))
	@$(TAR) -C $(STAGE)/client -cf - kubernetes | gzip -n > $(TARS)/kubernetes-client-$(OS_ARCH).tar.gz
	@sleep 0.3
	$(call say,Building tarball: server $(OS_ARCH))
	@$(TAR) -C $(STAGE)/server -cf - kubernetes | gzip -n > $(TARS)/kubernetes-server-$(OS_ARCH).tar.gz
	@sleep 0.3
	$(call say,Building tarball: src)
	@git archive --format=tar HEAD | gzip -n > $(TARS)/kubernetes-src.tar.gz

clean:
	rm -rf $(OUT)
`;

/** One program: a script that says its version the way the real one does. */
export const buildScript = `#!/bin/sh
# build.sh ROLE BINARY VERSION STAGE: writes one program into the stage of one tarball.
set -eu
folder="$4/$1/kubernetes/$1/bin"
mkdir -p "$folder"
{
  echo '#!/bin/sh'
  case "$2" in
    kubectl) echo "echo 'Client Version: $3'" ;;
    kubeadm) echo "echo 'kubeadm version: $3'" ;;
    *) echo "echo 'Kubernetes $3'" ;;
  esac
} >"$folder/$2"
chmod 755 "$folder/$2"
`;

export const readme = `# Kubernetes, as the playground builds it

This repository was written by Slipway's playground. It has the build contract of Kubernetes (\`make quick-release\`)
and none of its source, so that the whole way from a git tag to a running cluster can be walked in seconds.
`;
