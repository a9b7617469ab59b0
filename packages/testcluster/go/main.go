// One program with everything that a test cluster needs: a real etcd, the Kubernetes control plane,
// and three oracles from Kubernetes' own modules. Its first argument names the command.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

// Set to "1" by the TypeScript wrapper, which holds the other end of our stdin open for as long as it lives.
const endWithStdin = "PLIMSOLL_TESTCLUSTER_END_WITH_STDIN"

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	command := os.Args[1]
	if os.Getenv(endWithStdin) == "1" {
		go exitWhenStdinEnds()
	}
	switch command {
	case "etcd":
		etcdmain.Main(append([]string{"etcd"}, os.Args[2:]...))
	case "kube-apiserver":
		runComponent(command, apiserver.NewAPIServerCommand())
	case "kube-controller-manager":
		runComponent(command, controllermanager.NewControllerManagerCommand())
	case "kube-scheduler":
		runComponent(command, scheduler.NewSchedulerCommand())
	case "yaml":
		answerLines(os.Stdin, os.Stdout, readYAML)
	case "pod-security":
		answerLines(os.Stdin, os.Stdout, newPodSecurityOracle())
	case "cel":
		answerLines(os.Stdin, os.Stdout, newCELOracle())
	default:
		usage()
	}
}

// runComponent gives a component of the control plane the arguments after its name, and exits with its code.
func runComponent(name string, command *cobra.Command) {
	os.Args = append([]string{name}, os.Args[2:]...)
	os.Exit(cli.Run(command))
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: testcluster etcd|kube-apiserver|kube-controller-manager|kube-scheduler|yaml|pod-security|cel [flags]")
	os.Exit(2)
}
