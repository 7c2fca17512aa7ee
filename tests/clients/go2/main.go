// The script of somebody who knows the AWS SDK for Go, version 2. It prints what it saw as JSON.
//
//	ENDPOINT=http://127.0.0.1:8470 go2
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"
)

const (
	image    = "ami-0abcdef1234567890"
	once     = "#!/bin/sh\necho hi\n"
	patience = time.Minute
	// The region's time passes by the waiters' requests, so their pauses may be short.
	pause = time.Millisecond
)

var (
	ctx    = context.Background()
	client *ec2.Client
)

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		log.Output(2, err.Error())
		os.Exit(1)
	}
}

func codeOf(err error) string {
	var known smithy.APIError
	if errors.As(err, &known) {
		return known.ErrorCode()
	}
	return fmt.Sprint(err)
}

func tagged(what types.ResourceType, key, value string) []types.TagSpecification {
	tags := []types.Tag{{Key: &key, Value: &value}}
	return []types.TagSpecification{{ResourceType: what, Tags: tags}}
}

func filter(name string, values ...string) types.Filter {
	return types.Filter{Name: &name, Values: values}
}

func instances(input *ec2.DescribeInstancesInput) (found []types.Instance) {
	pages := ec2.NewDescribeInstancesPaginator(client, input)
	for pages.HasMorePages() {
		for _, reservation := range must(pages.NextPage(ctx)).Reservations {
			found = append(found, reservation.Instances...)
		}
	}
	return found
}

func named(ids ...string) *ec2.DescribeInstancesInput {
	return &ec2.DescribeInstancesInput{InstanceIds: ids}
}

func awaitRunning(ids ...string) {
	waiter := ec2.NewInstanceRunningWaiter(client, func(o *ec2.InstanceRunningWaiterOptions) {
		o.MinDelay, o.MaxDelay = pause, pause
	})
	check(waiter.Wait(ctx, named(ids...), patience))
}

func volumes(id string) *ec2.DescribeVolumesInput {
	return &ec2.DescribeVolumesInput{VolumeIds: []string{id}}
}

func awaitAvailable(id string) {
	waiter := ec2.NewVolumeAvailableWaiter(client, func(o *ec2.VolumeAvailableWaiterOptions) {
		o.MinDelay, o.MaxDelay = pause, pause
	})
	check(waiter.Wait(ctx, volumes(id), patience))
}

func tagsOf(id string) map[string]string {
	found := map[string]string{}
	input := &ec2.DescribeTagsInput{Filters: []types.Filter{filter("resource-id", id)}}
	for _, tag := range must(client.DescribeTags(ctx, input)).Tags {
		found[*tag.Key] = *tag.Value
	}
	return found
}

func main() {
	log.SetFlags(log.Lshortfile)
	settings := must(config.LoadDefaultConfig(ctx))
	client = ec2.NewFromConfig(settings, func(o *ec2.Options) {
		o.EndpointResolver = ec2.EndpointResolverFromURL(os.Getenv("ENDPOINT"))
	})
	facts := map[string]any{}

	// Instances.
	launched := must(client.RunInstances(ctx, &ec2.RunInstancesInput{
		ImageId: aws.String(image), MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
		InstanceType:      types.InstanceTypeT3Micro,
		UserData:          aws.String(base64.StdEncoding.EncodeToString([]byte(once))),
		TagSpecifications: tagged(types.ResourceTypeInstance, "ws", "a"),
		BlockDeviceMappings: []types.BlockDeviceMapping{{DeviceName: aws.String("/dev/sdf"),
			Ebs: &types.EbsBlockDevice{VolumeSize: aws.Int32(20), DeleteOnTermination: aws.Bool(true)}}},
	})).Instances
	facts["launched"] = []string{string(launched[0].State.Name)}
	one := *launched[0].InstanceId
	awaitRunning(one)
	described := instances(named(one))[0]
	facts["running"] = described.State.Name
	disks, root := []string{}, ""
	for _, disk := range described.BlockDeviceMappings {
		disks = append(disks, *disk.DeviceName)
		if *disk.DeviceName == "/dev/xvda" {
			root = *disk.Ebs.VolumeId
		}
	}
	sort.Strings(disks)
	facts["disks"] = disks
	attribute := must(client.DescribeInstanceAttribute(ctx, &ec2.DescribeInstanceAttributeInput{
		InstanceId: &one, Attribute: types.InstanceAttributeNameUserData}))
	facts["user-data"] = string(must(base64.StdEncoding.DecodeString(*attribute.UserData.Value)))

	three := []string{}
	for _, instance := range must(client.RunInstances(ctx, &ec2.RunInstancesInput{
		ImageId: aws.String(image), MinCount: aws.Int32(3), MaxCount: aws.Int32(3),
		InstanceType: types.InstanceTypeT3Micro, TagSpecifications: tagged(types.ResourceTypeInstance, "ws", "b"),
	})).Instances {
		three = append(three, *instance.InstanceId)
	}
	facts["three"] = len(three)
	awaitRunning(three...)
	healthy := ec2.NewInstanceStatusOkWaiter(client, func(o *ec2.InstanceStatusOkWaiterOptions) {
		o.MinDelay, o.MaxDelay = pause, pause
	})
	check(healthy.Wait(ctx, &ec2.DescribeInstanceStatusInput{InstanceIds: three}, patience))
	facts["of-tag"] = len(instances(&ec2.DescribeInstancesInput{
		Filters: []types.Filter{filter("tag:ws", "b"), filter("instance-state-name", "running")}}))
	status := []types.SummaryStatus{}
	for _, each := range must(client.DescribeInstanceStatus(ctx,
		&ec2.DescribeInstanceStatusInput{InstanceIds: three})).InstanceStatuses {
		status = append(status, each.InstanceStatus.Status)
	}
	facts["status"] = status

	// Snapshots.
	made := []string{}
	for number := 0; number < 6; number++ {
		snapshot, err := client.CreateSnapshot(ctx, &ec2.CreateSnapshotInput{VolumeId: &root,
			Description:       aws.String(fmt.Sprintf("backup %d", number)),
			TagSpecifications: tagged(types.ResourceTypeSnapshot, "n", fmt.Sprint(number))})
		if err != nil {
			facts["sixth"] = codeOf(err)
			continue
		}
		made = append(made, *snapshot.SnapshotId)
	}
	facts["snapshots"] = len(made)
	completed := ec2.NewSnapshotCompletedWaiter(client, func(o *ec2.SnapshotCompletedWaiterOptions) {
		o.MinDelay, o.MaxDelay = pause, pause
	})
	check(completed.Wait(ctx, &ec2.DescribeSnapshotsInput{SnapshotIds: made}, patience))
	facts["completed"] = len(must(client.DescribeSnapshots(ctx, &ec2.DescribeSnapshotsInput{
		OwnerIds: []string{"self"},
		Filters:  []types.Filter{filter("volume-id", root), filter("status", "completed")}})).Snapshots)

	// Volumes.
	disk := *must(client.CreateVolume(ctx, &ec2.CreateVolumeInput{
		AvailabilityZone: described.Placement.AvailabilityZone, Size: aws.Int32(8)})).VolumeId
	awaitAvailable(disk)
	facts["available"] = must(client.DescribeVolumes(ctx, volumes(disk))).Volumes[0].State
	sizes := []int{}
	pages := ec2.NewDescribeVolumesPaginator(client, &ec2.DescribeVolumesInput{MaxResults: aws.Int32(5)})
	for pages.HasMorePages() {
		sizes = append(sizes, len(must(pages.NextPage(ctx)).Volumes))
	}
	facts["pages"] = sizes
	must(client.AttachVolume(ctx,
		&ec2.AttachVolumeInput{VolumeId: &disk, InstanceId: &one, Device: aws.String("/dev/sdh")}))
	inUse := ec2.NewVolumeInUseWaiter(client, func(o *ec2.VolumeInUseWaiterOptions) {
		o.MinDelay, o.MaxDelay = pause, pause
	})
	check(inUse.Wait(ctx, volumes(disk), patience))
	facts["attached"] = must(client.DescribeVolumes(ctx, volumes(disk))).Volumes[0].Attachments[0].State
	_, err := client.DeleteVolume(ctx, &ec2.DeleteVolumeInput{VolumeId: &disk})
	facts["in-use"] = codeOf(err)
	must(client.DetachVolume(ctx, &ec2.DetachVolumeInput{VolumeId: &disk}))
	awaitAvailable(disk)
	must(client.DeleteVolume(ctx, &ec2.DeleteVolumeInput{VolumeId: &disk}))
	deleted := ec2.NewVolumeDeletedWaiter(client, func(o *ec2.VolumeDeletedWaiterOptions) {
		o.MinDelay, o.MaxDelay = pause, pause
	})
	check(deleted.Wait(ctx, volumes(disk), patience))
	_, err = client.DescribeVolumes(ctx, volumes(disk))
	facts["volume-gone"] = codeOf(err)

	// Tags.
	must(client.CreateTags(ctx, &ec2.CreateTagsInput{Resources: []string{one}, Tags: []types.Tag{
		{Key: aws.String("owner"), Value: aws.String("me & <you>")},
		{Key: aws.String("empty"), Value: aws.String("")}}}))
	facts["tags"] = tagsOf(one)
	must(client.DeleteTags(ctx, &ec2.DeleteTagsInput{
		Resources: []string{one}, Tags: []types.Tag{{Key: aws.String("owner")}}}))
	left := []string{}
	for key := range tagsOf(one) {
		left = append(left, key)
	}
	sort.Strings(left)
	facts["untagged"] = left

	// Stop, start, reboot; errors; the end.
	must(client.StopInstances(ctx, &ec2.StopInstancesInput{InstanceIds: []string{one}}))
	stopped := ec2.NewInstanceStoppedWaiter(client, func(o *ec2.InstanceStoppedWaiterOptions) {
		o.MinDelay, o.MaxDelay = pause, pause
	})
	check(stopped.Wait(ctx, named(one), patience))
	facts["stopped"] = instances(named(one))[0].State.Name
	must(client.StartInstances(ctx, &ec2.StartInstancesInput{InstanceIds: []string{one}}))
	awaitRunning(one)
	facts["started"] = instances(named(one))[0].State.Name
	must(client.RebootInstances(ctx, &ec2.RebootInstancesInput{InstanceIds: []string{one}}))
	output := *must(client.GetConsoleOutput(ctx, &ec2.GetConsoleOutputInput{InstanceId: &one})).Output
	facts["console"] = strings.Contains(string(must(base64.StdEncoding.DecodeString(output))), one)
	_, err = client.DescribeInstances(ctx, named("i-0123456789abcdef0"))
	facts["unknown-id"] = codeOf(err)
	_, err = client.DescribeBundleTasks(ctx, nil)
	facts["unknown-action"] = codeOf(err)
	all := append([]string{one}, three...)
	must(client.TerminateInstances(ctx, &ec2.TerminateInstancesInput{InstanceIds: all}))
	terminated := ec2.NewInstanceTerminatedWaiter(client, func(o *ec2.InstanceTerminatedWaiterOptions) {
		o.MinDelay, o.MaxDelay = pause, pause
	})
	check(terminated.Wait(ctx, named(all...), patience))
	states := []types.InstanceStateName{}
	for _, instance := range instances(named(all...)) {
		states = append(states, instance.State.Name)
	}
	facts["terminated"] = states
	check(json.NewEncoder(os.Stdout).Encode(facts))
}
