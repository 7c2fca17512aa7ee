// The script of somebody who knows the AWS SDK for Go, version 1. It prints what it saw as JSON.
//
//	ENDPOINT=http://127.0.0.1:8470 go1
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/aws/request"
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/ec2"
)

const (
	image = "ami-0abcdef1234567890"
	once  = "#!/bin/sh\necho hi\n"
)

var (
	client *ec2.EC2
	ctx    = aws.BackgroundContext()
	// The region's time passes by the waiters' requests, so their pauses may be short.
	pause = request.WithWaiterDelay(request.ConstantWaiterDelay(time.Millisecond))
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
	if known, ok := err.(awserr.Error); ok {
		return known.Code()
	}
	return fmt.Sprint(err)
}

func tagged(what, key, value string) []*ec2.TagSpecification {
	return []*ec2.TagSpecification{{ResourceType: &what, Tags: []*ec2.Tag{{Key: &key, Value: &value}}}}
}

func filter(name, value string) *ec2.Filter {
	return &ec2.Filter{Name: &name, Values: []*string{&value}}
}

func named(ids ...string) *ec2.DescribeInstancesInput {
	return &ec2.DescribeInstancesInput{InstanceIds: aws.StringSlice(ids)}
}

func volumes(id string) *ec2.DescribeVolumesInput {
	return &ec2.DescribeVolumesInput{VolumeIds: []*string{&id}}
}

func instances(input *ec2.DescribeInstancesInput) (found []*ec2.Instance) {
	check(client.DescribeInstancesPages(input, func(page *ec2.DescribeInstancesOutput, last bool) bool {
		for _, reservation := range page.Reservations {
			found = append(found, reservation.Instances...)
		}
		return true
	}))
	return found
}

func state(id string) string { return *instances(named(id))[0].State.Name }

func tagsOf(id string) map[string]string {
	found := map[string]string{}
	input := &ec2.DescribeTagsInput{Filters: []*ec2.Filter{filter("resource-id", id)}}
	check(client.DescribeTagsPages(input, func(page *ec2.DescribeTagsOutput, last bool) bool {
		for _, tag := range page.Tags {
			found[*tag.Key] = *tag.Value
		}
		return true
	}))
	return found
}

func main() {
	log.SetFlags(log.Lshortfile)
	client = ec2.New(session.Must(session.NewSession()), &aws.Config{Endpoint: aws.String(os.Getenv("ENDPOINT"))})
	facts := map[string]any{}

	// Instances.
	launched := must(client.RunInstances(&ec2.RunInstancesInput{
		ImageId: aws.String(image), MinCount: aws.Int64(1), MaxCount: aws.Int64(1),
		InstanceType:      aws.String("t3.micro"),
		UserData:          aws.String(base64.StdEncoding.EncodeToString([]byte(once))),
		TagSpecifications: tagged("instance", "ws", "a"),
		BlockDeviceMappings: []*ec2.BlockDeviceMapping{{DeviceName: aws.String("/dev/sdf"),
			Ebs: &ec2.EbsBlockDevice{VolumeSize: aws.Int64(20), DeleteOnTermination: aws.Bool(true)}}},
	})).Instances
	facts["launched"] = []string{*launched[0].State.Name}
	one := *launched[0].InstanceId
	check(client.WaitUntilInstanceRunningWithContext(ctx, named(one), pause))
	described := instances(named(one))[0]
	facts["running"] = *described.State.Name
	disks, root := []string{}, ""
	for _, disk := range described.BlockDeviceMappings {
		disks = append(disks, *disk.DeviceName)
		if *disk.DeviceName == "/dev/xvda" {
			root = *disk.Ebs.VolumeId
		}
	}
	sort.Strings(disks)
	facts["disks"] = disks
	attribute := must(client.DescribeInstanceAttribute(&ec2.DescribeInstanceAttributeInput{
		InstanceId: &one, Attribute: aws.String("userData")}))
	facts["user-data"] = string(must(base64.StdEncoding.DecodeString(*attribute.UserData.Value)))

	three := []string{}
	for _, instance := range must(client.RunInstances(&ec2.RunInstancesInput{
		ImageId: aws.String(image), MinCount: aws.Int64(3), MaxCount: aws.Int64(3),
		InstanceType: aws.String("t3.micro"), TagSpecifications: tagged("instance", "ws", "b"),
	})).Instances {
		three = append(three, *instance.InstanceId)
	}
	facts["three"] = len(three)
	check(client.WaitUntilInstanceRunningWithContext(ctx, named(three...), pause))
	health := &ec2.DescribeInstanceStatusInput{InstanceIds: aws.StringSlice(three)}
	check(client.WaitUntilInstanceStatusOkWithContext(ctx, health, pause))
	facts["of-tag"] = len(instances(&ec2.DescribeInstancesInput{
		Filters: []*ec2.Filter{filter("tag:ws", "b"), filter("instance-state-name", "running")}}))
	status := []string{}
	for _, each := range must(client.DescribeInstanceStatus(health)).InstanceStatuses {
		status = append(status, *each.InstanceStatus.Status)
	}
	facts["status"] = status

	// Snapshots.
	made := []*string{}
	for number := 0; number < 6; number++ {
		snapshot, err := client.CreateSnapshot(&ec2.CreateSnapshotInput{VolumeId: &root,
			Description:       aws.String(fmt.Sprintf("backup %d", number)),
			TagSpecifications: tagged("snapshot", "n", fmt.Sprint(number))})
		if err != nil {
			facts["sixth"] = codeOf(err)
			continue
		}
		made = append(made, snapshot.SnapshotId)
	}
	facts["snapshots"] = len(made)
	check(client.WaitUntilSnapshotCompletedWithContext(ctx, &ec2.DescribeSnapshotsInput{SnapshotIds: made}, pause))
	facts["completed"] = len(must(client.DescribeSnapshots(&ec2.DescribeSnapshotsInput{
		OwnerIds: []*string{aws.String("self")},
		Filters:  []*ec2.Filter{filter("volume-id", root), filter("status", "completed")}})).Snapshots)

	// Volumes.
	disk := *must(client.CreateVolume(&ec2.CreateVolumeInput{
		AvailabilityZone: described.Placement.AvailabilityZone, Size: aws.Int64(8)})).VolumeId
	check(client.WaitUntilVolumeAvailableWithContext(ctx, volumes(disk), pause))
	facts["available"] = *must(client.DescribeVolumes(volumes(disk))).Volumes[0].State
	sizes := []int{}
	check(client.DescribeVolumesPages(&ec2.DescribeVolumesInput{MaxResults: aws.Int64(5)},
		func(page *ec2.DescribeVolumesOutput, last bool) bool {
			sizes = append(sizes, len(page.Volumes))
			return true
		}))
	facts["pages"] = sizes
	must(client.AttachVolume(&ec2.AttachVolumeInput{VolumeId: &disk, InstanceId: &one, Device: aws.String("/dev/sdh")}))
	check(client.WaitUntilVolumeInUseWithContext(ctx, volumes(disk), pause))
	facts["attached"] = *must(client.DescribeVolumes(volumes(disk))).Volumes[0].Attachments[0].State
	_, err := client.DeleteVolume(&ec2.DeleteVolumeInput{VolumeId: &disk})
	facts["in-use"] = codeOf(err)
	must(client.DetachVolume(&ec2.DetachVolumeInput{VolumeId: &disk}))
	check(client.WaitUntilVolumeAvailableWithContext(ctx, volumes(disk), pause))
	must(client.DeleteVolume(&ec2.DeleteVolumeInput{VolumeId: &disk}))
	check(client.WaitUntilVolumeDeletedWithContext(ctx, volumes(disk), pause))
	_, err = client.DescribeVolumes(volumes(disk))
	facts["volume-gone"] = codeOf(err)

	// Tags.
	must(client.CreateTags(&ec2.CreateTagsInput{Resources: []*string{&one}, Tags: []*ec2.Tag{
		{Key: aws.String("owner"), Value: aws.String("me & <you>")},
		{Key: aws.String("empty"), Value: aws.String("")}}}))
	facts["tags"] = tagsOf(one)
	must(client.DeleteTags(&ec2.DeleteTagsInput{
		Resources: []*string{&one}, Tags: []*ec2.Tag{{Key: aws.String("owner")}}}))
	left := []string{}
	for key := range tagsOf(one) {
		left = append(left, key)
	}
	sort.Strings(left)
	facts["untagged"] = left

	// Stop, start, reboot; errors; the end.
	must(client.StopInstances(&ec2.StopInstancesInput{InstanceIds: []*string{&one}}))
	check(client.WaitUntilInstanceStoppedWithContext(ctx, named(one), pause))
	facts["stopped"] = state(one)
	must(client.StartInstances(&ec2.StartInstancesInput{InstanceIds: []*string{&one}}))
	check(client.WaitUntilInstanceRunningWithContext(ctx, named(one), pause))
	facts["started"] = state(one)
	must(client.RebootInstances(&ec2.RebootInstancesInput{InstanceIds: []*string{&one}}))
	output := *must(client.GetConsoleOutput(&ec2.GetConsoleOutputInput{InstanceId: &one})).Output
	facts["console"] = strings.Contains(string(must(base64.StdEncoding.DecodeString(output))), one)
	_, err = client.DescribeInstances(named("i-0123456789abcdef0"))
	facts["unknown-id"] = codeOf(err)
	_, err = client.DescribeBundleTasks(nil)
	facts["unknown-action"] = codeOf(err)
	all := append([]string{one}, three...)
	must(client.TerminateInstances(&ec2.TerminateInstancesInput{InstanceIds: aws.StringSlice(all)}))
	check(client.WaitUntilInstanceTerminatedWithContext(ctx, named(all...), pause))
	states := []string{}
	for _, instance := range instances(named(all...)) {
		states = append(states, *instance.State.Name)
	}
	facts["terminated"] = states
	check(json.NewEncoder(os.Stdout).Encode(facts))
}
