// A user's own control plane over EC2, small as they begin: a row for each workspace, and a verb for what happens to
// it. Its script is an ordinary day: a workspace is created, restarted and deleted.
//
//	controlplane [-fix] [-pause 1ms]
//
// Without -fix it restarts although the snapshot was refused (#1990), and forgets a workspace whether or not its
// instance is gone (#2989).
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

const device = "/dev/sdf"

var (
	ctx    = context.Background()
	client *ec2.Client
	fix    = flag.Bool("fix", false, "restart with a snapshot only, and forget nothing that may be there")
	pause  = flag.Duration("pause", time.Second, "between two attempts, and between two looks")
	rows   = map[string]*row{}
)

// row is what the control plane knows of a workspace.
type row struct{ name, instance, volume, snapshot string }

func tagged(kind types.ResourceType, key, value string) []types.TagSpecification {
	return []types.TagSpecification{{ResourceType: kind, Tags: []types.Tag{{Key: &key, Value: &value}}}}
}

// persist attempts something until it is done.
func persist(what string, attempt func() (bool, error)) error {
	var done bool
	var err error
	for i := 0; i < 40; i++ {
		if done, err = attempt(); done {
			return nil
		}
		time.Sleep(*pause)
	}
	return fmt.Errorf("%s was given up: %v", what, err)
}

func state(w *row) (types.InstanceStateName, error) {
	told, err := client.DescribeInstances(ctx, &ec2.DescribeInstancesInput{InstanceIds: []string{w.instance}})
	if err != nil || len(told.Reservations) == 0 {
		return "", err
	}
	for _, disk := range told.Reservations[0].Instances[0].BlockDeviceMappings {
		if *disk.DeviceName == device {
			w.volume = *disk.Ebs.VolumeId
		}
	}
	return told.Reservations[0].Instances[0].State.Name, nil
}

// launch starts an instance, from the workspace's snapshot where it has one, and waits until it runs.
func launch(w *row, token string) error {
	disk := &types.EbsBlockDevice{VolumeSize: aws.Int32(20), DeleteOnTermination: aws.Bool(true)}
	if w.snapshot != "" {
		disk.SnapshotId = &w.snapshot
	}
	input := &ec2.RunInstancesInput{
		ImageId: aws.String("ami-0abcdef1234567890"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
		TagSpecifications:   tagged(types.ResourceTypeInstance, "workspace", w.name),
		BlockDeviceMappings: []types.BlockDeviceMapping{{DeviceName: aws.String(device), Ebs: disk}},
	}
	if *fix {
		input.ClientToken = &token
	}
	err := persist("launch", func() (bool, error) {
		told, err := client.RunInstances(ctx, input)
		if err == nil {
			w.instance = *told.Instances[0].InstanceId
		}
		return err == nil, err
	})
	if err != nil {
		return err
	}
	return persist("wait", func() (bool, error) {
		now, err := state(w)
		return now == types.InstanceStateNameRunning, err
	})
}

func backup(w *row, label string) error {
	input := &ec2.CreateSnapshotInput{VolumeId: &w.volume,
		TagSpecifications: tagged(types.ResourceTypeSnapshot, "backup", label)}
	ask := func(options ...func(*ec2.Options)) error {
		told, err := client.CreateSnapshot(ctx, input, options...)
		if err == nil {
			w.snapshot = *told.SnapshotId
		}
		return err
	}
	if !*fix {
		return ask()
	}
	// Whose answer is lost may be there, and is paid for: the SDK is not to ask again by itself.
	once := func(o *ec2.Options) { o.RetryMaxAttempts = 1 }
	mine := &ec2.DescribeSnapshotsInput{Filters: []types.Filter{{Name: aws.String("tag:backup"), Values: []string{label}}}}
	return persist("backup", func() (bool, error) {
		told, err := client.DescribeSnapshots(ctx, mine)
		if err == nil && len(told.Snapshots) > 0 {
			w.snapshot = *told.Snapshots[0].SnapshotId
			return true, nil
		} else if err == nil {
			err = ask(once)
		}
		return err == nil, err
	})
}

func stop(w *row) error {
	ask := func() error {
		_, err := client.TerminateInstances(ctx, &ec2.TerminateInstancesInput{InstanceIds: []string{w.instance}})
		return err
	}
	if !*fix {
		return ask()
	}
	return persist("stop", func() (bool, error) {
		refused := ask()
		now, _ := state(w)
		return now == types.InstanceStateNameShuttingDown || now == types.InstanceStateNameTerminated, refused
	})
}

// unless tells whether a verb ends with this error; without the fix it goes on.
func unless(err error) bool {
	if err != nil {
		log.Print(err)
	}
	return err != nil && *fix
}

func create(w *row) {
	rows[w.name] = w
	unless(launch(w, w.name+"-create"))
}

func restart(w *row) {
	if unless(backup(w, w.name+"-restart")) || unless(stop(w)) {
		return
	}
	unless(launch(w, w.name+"-restart"))
}

func remove(w *row) {
	if !unless(stop(w)) {
		delete(rows, w.name)
	}
}

func main() {
	flag.Parse()
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		log.Fatal(err)
	}
	client = ec2.NewFromConfig(settings, func(o *ec2.Options) {
		o.EndpointResolver = ec2.EndpointResolverFromURL(os.Getenv("AWS_ENDPOINT_URL"))
		o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return *pause, nil })
		})
	})
	w := &row{name: "reviewer"}
	create(w)
	restart(w)
	remove(w)
}
