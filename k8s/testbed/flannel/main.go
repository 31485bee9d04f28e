// Command flannel gives a node of the testbed flannel's pod network: its VXLAN backend, its leases in the Node objects and its
// masquerading, from flannel's own packages. (Its own command cannot be had here: one of its backends needs a cloud's module that
// not every module proxy serves.) It ends when it is told to, and when anything fails: the node's supervisor starts it again.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/flannel-io/flannel/pkg/backend"
	_ "github.com/flannel-io/flannel/pkg/backend/vxlan"
	"github.com/flannel-io/flannel/pkg/ipmatch"
	"github.com/flannel-io/flannel/pkg/subnet/kube"
	"github.com/flannel-io/flannel/pkg/trafficmngr/iptables"
)

// resyncSeconds is how often the rules of iptables are looked at, and put back where they are gone: flannel's default.
const resyncSeconds = 5

func main() {
	kubeconfig := flag.String("kubeconfig", "", "path of the kubeconfig; the node's name is in NODE_NAME")
	network := flag.String("net-conf", "", "path of the network's configuration: JSON with Network and Backend")
	iface := flag.String("iface", "eth0", "the interface that other nodes are reached by")
	subnetFile := flag.String("subnet-file", "/run/flannel/subnet.env", "where the lease is written: when it is there, the network is up")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *kubeconfig, *network, *iface, *subnetFile); err != nil {
		log.Fatal("flannel: ", err)
	}
}

func run(ctx context.Context, kubeconfig, network, iface, subnetFile string) error {
	subnets, err := kube.NewSubnetManager(ctx, "", kubeconfig, "flannel.alpha.coreos.com", network, false)
	if err != nil {
		return fmt.Errorf("leases: %w", err)
	}
	config, err := subnets.GetNetworkConfig(ctx)
	if err != nil {
		return fmt.Errorf("the network's configuration: %w", err)
	}
	families, err := ipmatch.GetIPFamily(config.EnableIPv4, config.EnableIPv6)
	if err != nil {
		return fmt.Errorf("the network's configuration: %w", err)
	}
	external, err := ipmatch.LookupExtIface(iface, "", "", families, ipmatch.PublicIPOpts{})
	if err != nil {
		return fmt.Errorf("interface %s: %w", iface, err)
	}
	vxlan, err := backend.NewManager(ctx, subnets, external).GetBackend(config.BackendType)
	if err != nil {
		return fmt.Errorf("backend %s: %w", config.BackendType, err)
	}
	var running sync.WaitGroup
	registered, err := vxlan.RegisterNetwork(ctx, &running, config)
	if err != nil {
		return fmt.Errorf("this node's lease: %w", err)
	}
	rules := &iptables.IPTablesManager{}
	if err := rules.Init(ctx); err != nil {
		return fmt.Errorf("iptables: %w", err)
	}
	// A node keeps its pod range for as long as it lives, so the one before was the same, and no rules of it are to be removed.
	lease := registered.Lease()
	err = rules.SetupAndEnsureMasqRules(ctx, config.Network, lease.Subnet, config.Network,
		config.IPv6Network, lease.IPv6Subnet, config.IPv6Network, lease, resyncSeconds, false)
	if err != nil {
		return fmt.Errorf("masquerading: %w", err)
	}
	rules.SetupAndEnsureForwardRules(ctx, config.Network, config.IPv6Network, resyncSeconds)
	err = subnets.HandleSubnetFile(subnetFile, config, true, lease.Subnet, lease.IPv6Subnet, registered.MTU())
	if err != nil {
		return fmt.Errorf("%s: %w", subnetFile, err)
	}
	running.Go(func() { registered.Run(ctx) })
	if err := subnets.CompleteLease(ctx, lease, &running); err != nil && ctx.Err() == nil {
		return fmt.Errorf("the lease was lost: %w", err)
	}
	running.Wait()
	return nil
}
